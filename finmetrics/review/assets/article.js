// The article with its figures marked, and what is known of the one that is chosen.
function showArticle() {
  const head = INDEX.documents[chosen.document];
  const article = byId("article");
  article.replaceChildren();
  byId("article-head").replaceChildren();
  if (!head) {
    article.append(word("noDocuments"));
    return;
  }
  byId("article-head").append(
    el("h2", {}, head.title || head.doc_id),
    el("p", {}, [head.published, head.doc_id, head.source !== head.doc_id ? head.source : ""].filter(Boolean).join(" · ")),
    legend(head),
  );
  const body = bodyOf(chosen.document);
  const spans = itemsOf(chosen.document).map((item, i) => ({ ...item, mark: () => markOf(item, i, body) }));
  for (const [start, end, reason] of body.ledger) {
    if (reason === "unresolved" || chosen.tab === "ledger") {
      spans.push({ start, end, mark: (from) => ledgerMark(from, end, reason, body) });
    }
  }
  spans.sort((one, other) => one.start - other.start || other.end - one.end);
  let at = 0;
  for (const span of spans) {
    const from = Math.max(at, span.start);
    if (from > at) article.append(body.cut(at, from));
    article.append(span.mark(from));
    at = Math.max(at, span.end);
  }
  article.append(body.cut(at, body.length));
  article.scrollTop = 0;
}

function legend(head) {
  const families = new Set(head.rows.map((row) => familyOf(cell(row, "metric"))));
  const said = [...families].sort().map((family) => el("span", {}, el("i", { class: `family-${family}` }), familyWord(family)));
  return el("p", { class: "legend" }, ...said);
}

function markOf(item, i, body) {
  const classes = [`family-${familyOf(metricOf(item))}`, item.state];
  if (item.row && cell(item.row, "confidence") < 0.7) classes.push("unsure");
  if (item.row && !passes(item.row)) classes.push("faded");
  return el("mark", {
    class: classes.filter(Boolean).join(" "), "data-item": i, "data-fact": item.row ? cell(item.row, "fact_id") : null,
    tabindex: i === Math.max(0, chosen.item) ? 0 : -1, role: "button", "aria-pressed": i === chosen.item ? "true" : "false",
    title: ["bank", "metric_name", "product", "value", "measure", "period"].map((name) => shown(item, name)).filter(Boolean).join(" · "),
    onclick: () => chooseItem(i), onmouseenter: () => near(i, true), onmouseleave: () => near(i, false),
  }, body.cut(item.start, item.end));
}

function ledgerMark(from, end, reason, body) {
  const why = INDEX.dismissals[reason] || "";
  return el("s", { class: reason === "unresolved" ? "ledger" : "ledger known", title: `${reason}: ${why}` }, body.cut(Math.min(from, end), end));
}

function near(i, on) {
  if (!chosen.everywhere) document.querySelector(`#panel-table tr[data-item="${i}"]`)?.classList.toggle("near", on);
}

/** Marks the chosen figure in the article and in the table without drawing either anew. */
function showChosen(focus) {
  for (const mark of document.querySelectorAll("#article mark")) {
    const on = Number(mark.dataset.item) === chosen.item;
    mark.setAttribute("aria-pressed", String(on));
    mark.tabIndex = on || (chosen.item < 0 && mark.dataset.item === "0") ? 0 : -1;
    if (on) {
      mark.scrollIntoView({ block: "nearest" });
      if (focus) mark.focus({ preventScroll: true });
    }
  }
  for (const line of document.querySelectorAll("#panel-table tbody tr")) {
    const on = Number(line.dataset.item) === chosen.item && Number(line.dataset.document) === chosen.document;
    line.setAttribute("aria-selected", String(on));
    if (on) line.scrollIntoView({ block: "nearest" });
  }
  showDetail();
}

function showDetail() {
  const detail = byId("detail");
  detail.replaceChildren();
  const item = itemsOf(chosen.document)[chosen.item];
  if (!item) {
    if (REVIEW && chosen.document >= 0) detail.append(reviewActions(null));
    return;
  }
  detail.append(el("h3", {}, ["bank", "metric_name", "value", "period"].map((name) => shown(item, name)).filter(Boolean).join(" · ")));
  if (REVIEW) detail.append(reviewActions(item));
  if (!item.row) return;
  detail.append(el("strong", {}, word("why")), el("pre", {}, bodyOf(chosen.document).reasons[item.i]));
  const said = INDEX.columns.filter(([name], i) => !name.startsWith("shown_") && name !== "rule" && item.row[i] !== "" && item.row[i] !== false);
  const lines = said.map(([name, zh]) => el("dl", {}, el("dt", {}, language === "zh" ? zh : name), el("dd", {}, String(cell(item.row, name)))));
  detail.append(el("div", { class: "columns" }, ...lines));
}

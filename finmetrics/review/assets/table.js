// The documents, the table and the ledger, as the filters leave them.
const PAGE = 400; // rows drawn at once
const SHOWN = ["bank", "metric_name", "product", "value", "measure", "period", "quote"];
let rowsDrawn = PAGE;

function showDocuments() {
  const list = byId("documents");
  const buttons = [];
  let figures = 0, all = 0, documents = 0;
  INDEX.documents.forEach((head, number) => {
    all += head.rows.length;
    if (!documentPasses(number)) return;
    const count = head.rows.filter(passes).length;
    figures += count;
    documents += 1;
    const facts = [head.published, word("count", { figures: count })];
    if (head.unresolved) facts.push(word("unresolvedCount", { count: head.unresolved }));
    if (REVIEW && progress[number]) facts.push(word("judged", { judged: progress[number][0], all: progress[number][0] + progress[number][1] }));
    buttons.push(el("button", { type: "button", "data-document": number, "aria-current": number === chosen.document ? "true" : "false", onclick: () => chooseDocument(number) },
      head.title || head.doc_id, el("small", {}, facts.filter(Boolean).join(" · "))));
  });
  list.replaceChildren(...(buttons.length ? buttons : [el("p", { class: "empty" }, word("none"))]));
  byId("summary").textContent = word("summary", { figures, all, documents });
}

function showTable() {
  const panel = byId("panel-table");
  const lines = [];
  const numbers = chosen.everywhere ? INDEX.documents.keys() : chosen.document >= 0 ? [chosen.document] : [];
  let left = 0;
  for (const number of numbers) {
    if (chosen.everywhere && !documentPasses(number)) continue;
    itemsOf(number).forEach((item, i) => {
      if (item.row && !passes(item.row)) return;
      if (lines.length < rowsDrawn) lines.push(lineOf(number, item, i));
      else left += 1;
    });
  }
  const headings = SHOWN.map((name) => el("th", { scope: "col" }, language === "zh" ? INDEX.columns[AT[`shown_${name}`]][1] : name === "metric_name" ? "metric" : name));
  headings.push(el("th", { scope: "col" }, word("confidence")));
  if (REVIEW) headings.push(el("th", { scope: "col" }, word("state")));
  panel.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...headings)), el("tbody", {}, ...lines)));
  if (!lines.length) panel.append(el("p", { class: "empty" }, word("none")));
  if (left) panel.append(el("p", { class: "more" }, el("button", { type: "button", onclick: () => { rowsDrawn += PAGE; showTable(); } }, word("more", { count: Math.min(left, PAGE) }))));
}

function lineOf(number, item, i) {
  const on = number === chosen.document && i === chosen.item;
  const cells = SHOWN.map((name) => el("td", { class: name === "value" ? "number" : name === "product" || name === "bank" ? null : "short" },
    name === "metric_name" ? el("i", { class: `family-${familyOf(metricOf(item))}` }) : null, shown(item, name)));
  cells.push(el("td", { class: "number" }, item.row ? cell(item.row, "confidence").toFixed(2) : ""));
  if (REVIEW) cells.push(el("td", { class: "short" }, item.state ? word(item.state) : ""));
  const choose = () => { if (number !== chosen.document) chooseDocument(number); chooseItem(i); };
  return el("tr", {
    tabindex: 0, "data-document": number, "data-item": i, "data-fact": item.row ? cell(item.row, "fact_id") : null, class: item.state === "dismissed" ? "dismissed" : null,
    "aria-selected": String(on), onclick: choose, onkeydown: (event) => { if (event.key === "Enter") choose(); },
    onmouseenter: () => spot(number, i, true), onmouseleave: () => spot(number, i, false),
  }, ...cells);
}

function spot(number, i, on) {
  if (number === chosen.document) document.querySelector(`#article mark[data-item="${i}"]`)?.toggleAttribute("data-near", on);
}

/** The numerals that are no figures, with the reason; with the filter on, only those that could not be decided. */
function showLedger() {
  const panel = byId("panel-ledger");
  const lines = [];
  const numbers = chosen.everywhere ? [...INDEX.documents.keys()].filter(documentPasses) : chosen.document >= 0 ? [chosen.document] : [];
  for (const number of numbers) {
    const body = bodyOf(number);
    for (const [start, end, reason] of body.ledger) {
      if (filter.unresolved && reason !== "unresolved") continue;
      if (lines.length === rowsDrawn) break;
      const where = [body.cut(Math.max(0, start - 12), start), el("strong", {}, body.cut(start, end)), body.cut(end, end + 12)];
      lines.push(el("tr", { onclick: () => number !== chosen.document && chooseDocument(number) },
        el("td", {}, ...where), el("td", { title: INDEX.dismissals[reason] || "" }, reason), el("td", {}, INDEX.dismissals[reason] || "")));
    }
  }
  const headings = [word("quote"), word("reason"), ""].map((said) => el("th", { scope: "col" }, said));
  panel.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...headings)), el("tbody", {}, ...lines)));
  if (!lines.length) panel.append(el("p", { class: "empty" }, word("none")));
}

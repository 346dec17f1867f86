// Choosing, filtering, the keyboard; the page begins at the end of this file.
const TABS = ["table", "series", "ledger"];
const PANELS = { table: showTable, series: showSeries, ledger: showLedger };

function draw() {
  showDocuments();
  showArticle();
  PANELS[chosen.tab]();
  showDetail();
}

function chooseDocument(number) {
  if (number !== chosen.document) Object.assign(chosen, { document: number, item: -1 });
  editing = null;
  told = { text: "", error: false };
  rowsDrawn = PAGE;
  draw();
  document.querySelector('#documents [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  if (REVIEW && number >= 0) openJudged(number).then(() => number === chosen.document && (draw(), showChosen(false)), (error) => { told = { text: error.message, error: true }; showDetail(); });
}

function chooseItem(i) {
  if (editing && i !== chosen.item) editing = null;
  chosen.item = i;
  showChosen(true);
}

function chooseRow(i) {
  chooseItem(itemsOf(chosen.document).findIndex((item) => item.i === i));
}

function chooseTab(name) {
  chosen.tab = name;
  for (const tab of TABS) {
    const on = tab === name;
    byId(`panel-${tab}`).hidden = !on;
    byId(`tab-${tab}`).setAttribute("aria-selected", String(on));
    byId(`tab-${tab}`).tabIndex = on ? 0 : -1;
  }
  showArticle();
  PANELS[name]();
}

/** The next figure that the filters leave, or the one before; at the end it stays. */
function step(by) {
  const items = itemsOf(chosen.document);
  let at = chosen.item < 0 && by < 0 ? items.length : chosen.item;
  do at += by; while (items[at] && items[at].row && !passes(items[at].row));
  if (items[at]) chooseItem(at);
}

function stepDocument(by) {
  let at = chosen.document;
  do at += by; while (INDEX.documents[at] && !documentPasses(at));
  if (INDEX.documents[at]) chooseDocument(at);
}

function fillFilters() {
  const counts = { bank: new Map(), metric: new Map() };
  for (const head of INDEX.documents) {
    for (const row of head.rows) {
      for (const [name, seen] of Object.entries(counts)) seen.set(cell(row, name), (seen.get(cell(row, name)) || 0) + 1);
    }
  }
  const fill = (name, any, said) => {
    const options = [...counts[name]].sort((one, other) => other[1] - one[1])
      .map(([value, count]) => el("option", { value: `=${value}`, selected: filter[name] === value }, `${said(value)} (${count})`));
    byId(name).replaceChildren(el("option", { value: "" }, word(any)), ...options);
  };
  fill("bank", "anyBank", (value) => value || word("noBank"));
  fill("metric", "anyMetric", metricName);
}

function readFilters() {
  const said = (name) => (byId(name).value ? byId(name).value.slice(1) : null);
  Object.assign(filter, { text: byId("search").value.trim().toLowerCase(), bank: said("bank"), metric: said("metric"),
    confidence: Number(byId("confidence").value), unresolved: byId("unresolved").checked });
  byId("confidence-shown").value = filter.confidence;
  rowsDrawn = PAGE;
  if (filter.unresolved && chosen.tab !== "ledger") chooseTab("ledger");
  const first = INDEX.documents.findIndex((_, number) => documentPasses(number));
  if (first >= 0 && !documentPasses(chosen.document)) chooseDocument(first);
  else draw();
}

function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const one of document.querySelectorAll("[data-word]")) one.textContent = word(one.dataset.word);
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", word(one.dataset.label));
  for (const one of document.querySelectorAll("[data-placeholder]")) one.placeholder = word(one.dataset.placeholder);
  byId("language").textContent = language === "zh" ? "English" : "中文";
  byId("language").lang = language === "zh" ? "en" : "zh";
  const keys = [...WORDS[language].keyList, ...(REVIEW ? WORDS[language].reviewKeys : [])];
  byId("key-list").replaceChildren(...keys.flatMap(([key, said]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, said)]));
  fillFilters();
  draw();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && editing) return stopEditing();
  if (event.target.closest("input, select, textarea, dialog")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const item = REVIEW && !editing ? itemsOf(chosen.document)[chosen.item] : null;
  const keys = {
    j: () => step(1), k: () => step(-1), n: () => stepDocument(1), p: () => stepDocument(-1),
    "/": () => byId("search").focus(), "?": () => byId("keys").showModal(),
    1: () => chooseTab("table"), 2: () => chooseTab("series"), 3: () => chooseTab("ledger"),
    Escape: () => chooseItem(-1),
    c: () => item?.state === "open" && judge("confirm", item),
    x: () => item?.fact && judge("dismiss", item),
    e: () => item?.fact && startEditing(item),
    u: () => item && item.state !== "open" && judge("reopen", item.state === "dismissed" ? dismissedSpan(item) : item),
    a: () => REVIEW && !editing && startAdding(),
  };
  if (event.key === "Enter" && event.target.matches("mark")) event.target.click();
  else if (keys[event.key]) keys[event.key]();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", pressed);
for (const name of TABS) byId(`tab-${name}`).addEventListener("click", () => chooseTab(name));
byId("tabs").addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || event.target.type === "checkbox") return;
  chooseTab(TABS[(TABS.indexOf(chosen.tab) + by + TABS.length) % TABS.length]);
  byId(`tab-${chosen.tab}`).focus();
});
byId("everywhere").addEventListener("change", (event) => { chosen.everywhere = event.target.checked; PANELS[chosen.tab](); });
byId("language").addEventListener("click", () => { language = language === "zh" ? "en" : "zh"; speak(); });
byId("help").addEventListener("click", () => byId("keys").showModal());
byId("filters").addEventListener("input", readFilters);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("reset", () => setTimeout(readFilters));
chosen.document = INDEX.documents.length ? 0 : -1;
speak();
chooseTab("table");
if (REVIEW) openReview().then(() => chosen.document >= 0 && chooseDocument(chosen.document));
performance.mark("shown");

// Judging figures: only where the page is served by a review, which saves before it answers.
const judged = new Map();
let progress = [];
let editing = null; // what the form is open for: an item, or a stretch of text to add
let told = { text: "", error: false };

const CHOICES = {
  qualifier: ["exact", "about", "over", "under"], measure: ["level", "change", "growth"],
  comparison: ["", "yoy", "ytd", "qoq", "mom", "since"], period_kind: ["", "instant", "duration"],
};
const SLOTS = ["value", "value_max", "unit", "qualifier", "measure", "comparison", "bank", "branch", "product", "metric", "period_kind", "period_end"];
const LISTED = new Set(["unit", "bank", "product", "metric", "period_kind", "period_end"]);

async function asked(where, judgement) {
  const options = judgement ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(judgement) } : {};
  let answer;
  try {
    answer = await fetch(where, options);
  } catch {
    throw new Error(word("unreachable"));
  }
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

async function openReview() {
  for (const [name, values] of [["banks", REVIEW.banks], ["units", REVIEW.units]]) {
    document.body.append(el("datalist", { id: name }, ...values.map((value) => el("option", { value }))));
  }
  progress = await asked("progress");
  showDocuments();
}

async function openJudged(number) {
  if (!judged.has(number)) judged.set(number, await asked(`documents/${number}`));
}

async function judge(action, item, fact) {
  const number = chosen.document;
  try {
    const span = item.fact || item;
    const gold = await asked(`documents/${number}`, { action, start: span.start, end: span.end, fact });
    judged.set(number, gold);
    const open = gold.facts.filter((one) => one.unreviewed).length;
    progress[number] = [gold.facts.length - open + gold.dismissed.length, open];
    editing = null;
    told = { text: word("saved", { file: REVIEW.file }), error: false };
    const items = itemsOf(number);
    const at = items.findIndex((one) => one.end > (fact && fact.start != null ? fact.start : span.start));
    const next = items.findIndex((one, i) => i >= at && one.state === "open");
    chosen.item = (action === "confirm" || action === "dismiss") && next >= 0 ? next : at;
    const scrolled = byId("article").scrollTop;
    draw();
    byId("article").scrollTop = scrolled;
    showChosen(true);
  } catch (error) {
    told = { text: word("lost", { why: error.message }), error: true };
    byId("told").replaceWith(message()); // the form stays as it was typed
  }
}

function reviewActions(item) {
  const button = (name, act, id) => el("button", { type: "button", id: id || `act-${name}`, onclick: act }, word(name));
  const row = el("div", { class: "actions" });
  if (editing) {
    row.append(message());
    return el("div", {}, editorForm(), row);
  }
  if (item) {
    row.append(el("span", {}, word(item.state || "open")));
    if (item.state === "open") row.append(button("confirm", () => judge("confirm", item)));
    if (item.fact) row.append(button("edit", () => startEditing(item)), button("dismiss", () => judge("dismiss", item)));
    if (item.state !== "open") row.append(button("reopen", () => judge("reopen", item.state === "dismissed" ? dismissedSpan(item) : item)));
  }
  row.append(button("add", startAdding), message());
  return row;
}

function dismissedSpan(item) {
  const gold = judged.get(chosen.document);
  return gold.dismissed.find((one) => Math.min(one.end, item.end) > Math.max(one.start, item.start)) || item;
}

function message() {
  return el("span", { id: "told", class: told.error ? "error" : "", role: "status" }, told.text);
}

function startEditing(item) {
  editing = { item, start: item.fact.start, end: item.fact.end, fact: item.fact };
  told = { text: "", error: false };
  showDetail();
  byId("edit-value").focus();
}

/** Opens the form for the selected text; what its neighbour before it has is the first guess of bank and period. */
function startAdding() {
  const span = selectedSpan();
  if (!span) {
    told = { text: word("select"), error: true };
    showDetail();
    return;
  }
  const before = itemsOf(chosen.document).filter((one) => one.fact && one.end <= span.start).pop();
  const guess = before ? before.fact : { bank: [null], product: [null], period_kind: [null], period_end: [null] };
  const { bank, product, period_kind, period_end } = guess;
  const number = bodyOf(chosen.document).cut(span.start, span.end).replace(/,/g, "").match(/-?\d+(\.\d+)?/);
  const fact = { value: number ? Number(number[0]) : "", unit: [null], qualifier: "exact", measure: "level", comparison: null, bank, product, metric: ["other"], period_kind, period_end };
  editing = { item: null, ...span, fact };
  told = { text: "", error: false };
  showDetail();
  byId("edit-value").focus();
}

/** The selected stretch of the article in code points, or null. */
function selectedSpan() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const article = byId("article");
  if (!article.contains(range.startContainer) || !article.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(article);
  before.setEnd(range.startContainer, range.startOffset);
  const length = (text) => Array.from(text).length;
  const start = length(before.toString());
  return { start, end: start + length(range.toString()) };
}

function editorForm() {
  const body = bodyOf(chosen.document);
  const form = el("form", { id: "editor", onsubmit: (event) => { event.preventDefault(); saveEdited(form); } });
  const quote = el("input", { id: "edit-quote", readonly: true, value: body.cut(editing.start, editing.end) });
  const selecting = () => {
    const span = selectedSpan();
    if (!span) return;
    Object.assign(editing, span);
    quote.value = body.cut(span.start, span.end);
  };
  form.append(el("label", {}, word("quote"), quote), el("label", {}, " ", el("button", { type: "button", onmousedown: (event) => event.preventDefault(), onclick: selecting }, word("useSelection"))));
  for (const slot of SLOTS) form.append(el("label", {}, columnWord(slot), fieldOf(slot)));
  form.append(el("label", {}, " ", el("button", { type: "submit", id: "act-save" }, word("save"))),
    el("label", {}, " ", el("button", { type: "button", onclick: stopEditing }, word("cancel"))));
  return form;
}

function stopEditing() {
  editing = null;
  told = { text: "", error: false };
  showChosen(true);
}

function columnWord(name) {
  const at = AT[name];
  return at === undefined || language === "en" ? name : INDEX.columns[at][1];
}

function firstOf(fact, slot) {
  const said = LISTED.has(slot) && Array.isArray(fact[slot]) ? fact[slot][0] : fact[slot];
  return said == null ? "" : String(said);
}

function fieldOf(slot) {
  const value = firstOf(editing.fact, slot);
  const answers = Array.isArray(editing.fact[slot]) ? editing.fact[slot].slice(1).map((one) => one || word("empty")).join(", ") : "";
  const common = { id: `edit-${slot}`, name: slot, title: answers ? word("either", { answers }) : null };
  if (slot === "metric") {
    const ids = Object.keys(INDEX.metrics);
    return el("select", common, ...ids.map((id) => el("option", { value: id, selected: id === value }, `${id} ${INDEX.metrics[id][0]}`)));
  }
  if (CHOICES[slot]) return el("select", common, ...CHOICES[slot].map((one) => el("option", { value: one, selected: one === value }, one)));
  const list = { bank: "banks", unit: "units" }[slot];
  return el("input", { ...common, value, list, inputmode: slot.startsWith("value") ? "decimal" : null, placeholder: slot === "period_end" ? "2022-03-29" : null });
}

/** Sends the slots that were changed; of those left alone gold keeps every answer. */
function saveEdited(form) {
  const fact = { start: editing.start, end: editing.end };
  for (const slot of SLOTS) {
    const now = form.elements[slot].value.trim();
    if (editing.item && now === firstOf(editing.fact, slot)) continue;
    if (slot.startsWith("value")) fact[slot] = now === "" ? null : Number.isFinite(Number(now)) ? Number(now) : now;
    else fact[slot] = LISTED.has(slot) ? [now || null] : now || null;
  }
  if (editing.item) judge("correct", editing.item, fact);
  else judge("add", { start: editing.start, end: editing.end }, fact);
}

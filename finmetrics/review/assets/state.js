// What the page holds and what of it is chosen. Documents are parsed when they are first shown.
const INDEX = JSON.parse(document.getElementById("index").textContent);
const REVIEW = INDEX.review;
const AT = Object.fromEntries(INDEX.columns.map(([name], i) => [name, i]));
const chosen = { document: -1, item: -1, tab: "table", everywhere: false };
const filter = { text: "", bank: null, metric: null, confidence: 1, unresolved: false };
const opened = new Map();

/** Text, reasons and ledger of a document; offsets are code points, so a text beyond the basic plane is an array. */
function bodyOf(number) {
  if (!opened.has(number)) {
    const body = JSON.parse(document.getElementById(`document-${number}`).textContent);
    const points = /[\ud800-\udfff]/.test(body.text) ? Array.from(body.text) : null;
    body.cut = points ? (start, end) => points.slice(start, end).join("") : (start, end) => body.text.slice(start, end);
    body.length = points ? points.length : body.text.length;
    opened.set(number, body);
  }
  return opened.get(number);
}

function cell(row, name) {
  return row[AT[name]];
}

function familyOf(metric) {
  const family = (INDEX.metrics[metric] || ["", "other"])[1];
  return family in WORDS.en.families ? family : "other";
}

function metricName(metric) {
  return language === "zh" ? (INDEX.metrics[metric] || [metric])[0] : metric;
}

function passes(row) {
  return (filter.bank === null || cell(row, "bank") === filter.bank)
    && (filter.metric === null || cell(row, "metric") === filter.metric)
    && cell(row, "confidence") <= filter.confidence;
}

/** Whether a document is searched for and has something that the filters ask for. */
function documentPasses(number) {
  const head = INDEX.documents[number];
  if (filter.unresolved && !head.unresolved) return false;
  if (filter.text && !(head.title + "\n" + head.doc_id).toLowerCase().includes(filter.text)
    && !bodyOf(number).text.toLowerCase().includes(filter.text)) return false;
  return (filter.bank === null && filter.metric === null && filter.confidence >= 1) || head.rows.some(passes);
}

/** What is marked in a document: its rows, and (in a review) facts that were added; in the order of the text. */
function itemsOf(number) {
  const rows = INDEX.documents[number]?.rows ?? [];
  const gold = REVIEW && judged.get(number);
  const items = rows.map((row, i) => ({ start: cell(row, "start"), end: cell(row, "end"), row, i, fact: null, state: "" }));
  if (!gold) return items;
  const meets = (one, other) => Math.min(one.end, other.end) > Math.max(one.start, other.start);
  const added = [];
  for (const fact of gold.facts) {
    const item = items.find((one) => !one.fact && meets(one, fact));
    const state = fact.unreviewed ? "open" : "confirmed";
    if (item) Object.assign(item, { fact, state, start: fact.start, end: fact.end });
    else added.push({ start: fact.start, end: fact.end, row: null, i: -1, fact, state: "added" });
  }
  for (const item of items) if (!item.fact && gold.dismissed.some((one) => meets(item, one))) item.state = "dismissed";
  return [...items, ...added].sort((one, other) => one.start - other.start);
}

// The slots of a fact that a cell for the eye is made of, where it is more than one or goes by another name.
const MADE_OF = { bank: ["bank", "branch"], metric_name: ["metric"], value: ["value", "value_max", "unit", "qualifier"], measure: ["measure", "comparison"], period: ["period_end"] };

/** An item's cell as the table shows it: the engine's, but of a judged figure what gold says where that differs. */
function shown(item, name) {
  const { row, fact, state } = item;
  const first = (slot) => (Array.isArray(fact[slot]) ? fact[slot][0] : fact[slot]) ?? "";
  const agrees = (slot) => String(first(slot)) === String(cell(row, slot));
  if (row && (!fact || state !== "confirmed" || (MADE_OF[name] || [name]).every(agrees))) {
    return name === "metric_name" && language === "en" ? cell(row, "metric") : cell(row, `shown_${name}`);
  }
  switch (name) {
    case "bank": return [first("bank"), first("branch")].filter(Boolean).join(" ");
    case "metric_name": return metricName(first("metric"));
    case "value": return `${{ over: ">", under: "<", about: "~" }[fact.qualifier] || ""}${fact.value}${fact.value_max == null ? "" : `-${fact.value_max}`}${first("unit")}`;
    case "measure": return [fact.measure, first("comparison")].filter(Boolean).join(" ");
    case "period": return first("period_end");
    default: return first(name);
  }
}

function metricOf(item) {
  return item.fact && !item.fact.unreviewed ? item.fact.metric[0] : cell(item.row, "metric");
}

function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

function byId(name) {
  return document.getElementById(name);
}

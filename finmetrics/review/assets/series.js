// Levels of one bank, metric and wording over time, as small pictures.
const SERIES = ["bank", "branch", "product", "segment", "metric", "metric_text", "definition", "per", "unit", "period_kind"];
const CHARTS = 60;

/** Series with two periods or more, longest first; ``value`` is in base units, what only bounds it is marked so. */
function seriesOf() {
  const found = new Map();
  INDEX.documents.forEach((head, number) => {
    if (!chosen.everywhere && number !== chosen.document) return;
    if (!documentPasses(number)) return;
    head.rows.forEach((row, i) => {
      if (!passes(row) || cell(row, "measure") !== "level" || cell(row, "status") !== "actual" || !cell(row, "period_end") || !cell(row, "bank")) return;
      if (cell(row, "metric") === "other") return;
      const length = cell(row, "period_start") ? Math.round((Date.parse(cell(row, "period_end")) - Date.parse(cell(row, "period_start"))) / 2.6e9) : 0;
      const key = [...SERIES.map((name) => cell(row, name)), length].join("\0");
      if (!found.has(key)) found.set(key, []);
      found.get(key).push({ number, i, row, day: cell(row, "period_end"), value: Number(cell(row, "value")) });
    });
  });
  return [...found.values()].filter((points) => new Set(points.map((point) => point.day)).size > 1)
    .sort((one, other) => other.length - one.length);
}

function showSeries() {
  const panel = byId("panel-series");
  const all = seriesOf();
  const charts = all.slice(0, CHARTS).map(chartOf);
  panel.replaceChildren(charts.length ? el("div", { class: "charts" }, ...charts) : el("p", { class: "empty" }, word("noSeries")));
}

function chartOf(points) {
  const [width, height, left, right, top, bottom] = [320, 130, 8, 8, 20, 18];
  points.sort((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0));
  const days = points.map((point) => Date.parse(point.day));
  const values = points.map((point) => point.value);
  const [first, last] = [days[0], days[days.length - 1]];
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = (day) => left + 20 + ((day - first) / (last - first)) * (width - left - right - 40);
  const y = (value) => height - bottom - ((value - low) / (high - low || 1)) * (height - top - bottom);
  const svg = svgOf("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  svg.append(svgOf("line", { class: "axis", x1: left, x2: width - right, y1: y(0), y2: y(0) }));
  // Of two different values for one day neither is the series'.
  if (points.every((point, i) => !i || point.day !== points[i - 1].day || point.value === points[i - 1].value)) svg.append(svgOf("path", { class: "line", d: points.map((point, i) => `${i ? "L" : "M"}${x(days[i]).toFixed(1)} ${y(point.value).toFixed(1)}`).join("") }));
  points.forEach((point, i) => {
    const exact = cell(point.row, "qualifier") === "exact";
    const dot = svgOf("circle", { cx: x(days[i]).toFixed(1), cy: y(point.value).toFixed(1), r: 4, class: exact ? "" : "bound", tabindex: 0, role: "button" });
    const said = `${point.day} ${cell(point.row, "shown_value")} ${cell(point.row, "quote")}`;
    dot.append(svgOf("title", {}, said));
    dot.setAttribute("aria-label", said);
    const choose = () => { chooseDocument(point.number); chooseRow(point.i); };
    dot.addEventListener("click", choose);
    dot.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(); });
    svg.append(dot);
    if (i === 0 || i === points.length - 1) {
      const anchor = i === 0 ? "start" : "end";
      const edge = i === 0 ? left : width - right;
      svg.append(svgOf("text", { x: edge, y: height - 4, "text-anchor": anchor }, point.day));
      svg.append(svgOf("text", { x: edge, y: Math.max(10, y(point.value) - 8), "text-anchor": anchor }, cell(point.row, "shown_value")));
    }
  });
  const row = points[0].row;
  const name = [cell(row, "shown_bank"), metricName(cell(row, "metric"))].join(" · ");
  const wording = [cell(row, "product"), cell(row, "metric_text"), cell(row, "definition"), cell(row, "per")].filter(Boolean).join(" · ");
  svg.setAttribute("aria-label", `${name} ${wording}`);
  return el("figure", {}, el("figcaption", {}, name, " ", el("small", {}, wording)), svg);
}

function svgOf(tag, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

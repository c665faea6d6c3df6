// The picture: for each host a lane of ports, from what was declared down to what listens; for many
// hosts a map of hosts and ports. Both show more than a table can: where the four views part.

/** The shape of each result, in a box of 16 by 16; the same in the map, the table and the legend. */
const shapes = {
  fail: "M2 2H14V14H2ZM5 6.1 6.9 8 5 9.9 6.1 11 8 9.1 9.9 11 11 9.9 9.1 8 11 6.1 9.9 5 8 6.9 6.1 5Z",
  warn: "M8 1.5 15 14H1ZM7.1 6V10.2H8.9V6ZM7.1 11.2V12.8H8.9V11.2Z",
  inconclusive: "M8 1 15 8 8 15 1 8ZM8 3.8 3.8 8 8 12.2 12.2 8Z",
  info: "M8 2A6 6 0 1 0 8 14 6 6 0 1 0 8 2ZM7.1 7H8.9V11.5H7.1ZM7.1 4.5H8.9V6.1H7.1Z",
  pass: "M8 2A6 6 0 1 0 8 14 6 6 0 1 0 8 2Z",
  held: "M8 2A6 6 0 1 0 8 14 6 6 0 1 0 8 2ZM8 3.8A4.2 4.2 0 1 1 8 12.2 4.2 4.2 0 1 1 8 3.8Z",
};

/** The sign of a result. */
function sign(name, result) {
  const path = make("path", { d: shapes[name], "fill-rule": "evenodd", fill: "currentColor" });
  const svg = make("svg", { width: 14, height: 14, viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
  const box = make("span", { class: "badge", "data-result": result }, svg);
  return box;
}

const laneNames = ["Declared open", "Reachable", "Let in by rules", "Listening"];
const laneWords = [
  { o: "declared open", c: "declared closed", "-": "not declared", "?": "declared for some sources only" },
  { o: "reachable", c: "refused", f: "filtered", "?": "not known whether it is reachable",
    P: "predicted to be reachable", F: "predicted to be filtered", p: "predicted, not probed" },
  { o: "let in by the rules", t: "sent elsewhere by the rules", f: "dropped by the rules", c: "rejected by the rules", "?": "not known what the rules do" },
  { o: "listening", l: "listening on loopback only", e: "listening for another address only", n: "listening in another network namespace", "-": "nothing listens", "?": "not known whether anything listens" },
];

/** How a letter of a lane is drawn. */
function glyphKind(lane, letter) {
  if (letter === "o") return "yes";
  if (letter === "P") return "guess";
  if (letter === "?") return "ask";
  if (letter === "t") return "sent";
  if (letter === "l" || letter === "e" || letter === "n") return "half";
  if (letter === "f" || letter === "F" || (lane === 2 && letter === "c") || (lane === 0 && letter === "c")) return "bar";
  return "no";
}

function glyph(kind, x, y) {
  switch (kind) {
    case "yes": return [make("circle", { class: "yes", cx: x, cy: y, r: 6.5 })];
    case "guess": return [make("circle", { class: "ring", cx: x, cy: y, r: 5.7, "stroke-dasharray": "3 1.8" })];
    case "half": return [
      make("circle", { class: "ring", cx: x, cy: y, r: 5.7 }),
      make("path", { class: "half", d: `M${x} ${y - 5.7}A5.7 5.7 0 0 0 ${x} ${y + 5.7}Z` })];
    case "sent": return [
      make("circle", { class: "ring", cx: x, cy: y, r: 6.5 }),
      make("path", { class: "half", d: `M${x - 3} ${y - 3.4} ${x + 3.6} ${y} ${x - 3} ${y + 3.4}Z` })];
    case "bar": return [make("line", { class: "bar", x1: x - 5, x2: x + 5, y1: y, y2: y })];
    case "ask": return [make("text", { class: "ask", x, y: y + 4.5, "text-anchor": "middle" }, "?")];
    default: return [make("circle", { class: "no", cx: x, cy: y, r: 2.4 })];
  }
}

/** Whether a finding says more than that nothing is there. */
function isTelling(row) {
  const lanes = text(row[LANES]);
  return results[row[RESULT]] !== "pass" || lanes[0] === "o" || "oP".includes(lanes[1]) ||
    lanes[2] === "t" || "olen".includes(lanes[3]);
}

/** What stands for a finding in the picture: its ports one by one, or long ranges as one. */
function columns(row) {
  const found = [];
  for (const [low, high] of ranges(row)) {
    if (high - low < 3) for (let port = low; port <= high; port += 1) found.push([port, port]);
    else found.push([low, high]);
  }
  return found;
}

const columnKey = (transport, [low, high]) => (transport * 65536 + low) * 65536 + high;
const columnLabel = (transport, [low, high]) =>
  (low === high ? `${low}` : `${low}-${high}`) + (transport ? "/udp" : "");

const rowsByHost = [];
for (let place = 0; place < rows.length; place += 1) {
  (rowsByHost[rows[place][HOST]] ||= []).push(place);
}

const isPredictedHost = (host) => isPredicted(rows[rowsByHost[host][0]]);

/** The hosts of the findings at `places`, worst first. */
function hostsOf(places) {
  const worst = new Map();
  for (const place of places) {
    const row = rows[place], rank = row[RESULT] * 8 + row[SEVERITY];
    if (!(worst.get(row[HOST]) <= rank)) worst.set(row[HOST], rank);
  }
  return [...worst].sort((one, other) => one[1] - other[1] || one[0] - other[0]).map(([host]) => host);
}

const COLUMN = 28, STEP = 26, MOST = 96;

const labelWidth = (width) => (width < 520 ? 118 : 128);

/** How many columns fit side by side. */
const columnRoom = (width) => Math.max(4, Math.floor((width - labelWidth(width) - 28) / COLUMN));

/** How many columns a host has. */
const columnCount = (host) => columnsOf(rowsByHost[host]).size;

/** The columns of the findings at `places`, by key; one that adds to another shares its column. */
function columnsOf(places) {
  const found = new Map();
  for (const place of places) {
    const row = rows[place];
    if (!isTelling(row)) continue;
    for (const ports of columns(row)) {
      const key = columnKey(row[TRANSPORT], ports), known = found.get(key);
      if (!known) { found.set(key, { place, ports, row, result: row[RESULT], codes: [text(row[CODE])] }); continue; }
      if (known.row[SUPPLEMENT] && !row[SUPPLEMENT]) Object.assign(known, { place, row });
      // The worst comes first.
      if (row[RESULT] < known.result) known.codes.unshift(text(row[CODE]));
      else known.codes.push(text(row[CODE]));
      known.result = Math.min(known.result, row[RESULT]);
    }
  }
  return found;
}

/** The lane of a host; what is not in `isShown` is pale. */
function lane(host, isShown, width) {
  const places = rowsByHost[host];
  let all = [...columnsOf(places).values()];
  const order = (one, other) =>
    one.row[TRANSPORT] - other.row[TRANSPORT] || one.ports[0] - other.ports[0];
  let left = 0;
  if (all.length > MOST) {
    left = all.length - MOST;
    all = all.sort((one, other) =>
      isShown.has(other.place) - isShown.has(one.place) || one.result - other.result ||
      order(one, other)).slice(0, MOST);
  }
  all.sort(order);
  const box = make("article", { class: "lane" });
  const part = parts.length > 1 ? partText(parts[rows[places[0]][PART]]) : "";
  box.append(make("h3", {}, make("span", { class: "mono" }, hosts[host]), make("small", {}, part)));
  const perStrip = columnRoom(width);
  for (let start = 0; start < all.length; start += perStrip) {
    box.append(strip(all.slice(start, start + perStrip), isShown, labelWidth(width), host));
  }
  box.append(make("p", {}, restText(places, left)));
  return box;
}

/** A few columns of a lane. */
function strip(some, isShown, left, host) {
  // The labels lean; the longest says how much room they take.
  const longest = some.reduce((most, { ports, row }) => Math.max(most, columnLabel(row[TRANSPORT], ports).length), 0);
  const TOP = Math.max(50, 22 + longest * 4.9);
  const width = left + some.length * COLUMN + 28, height = TOP + STEP * 4 + 20;
  const svg = make("svg", {
    width, height, viewBox: `0 0 ${width} ${height}`, role: "group",
    "aria-label": `Ports of ${hosts[host]}`,
  });
  laneNames.forEach((seen, index) => {
    const name = index === 1 && isPredictedHost(host) ? "Predicted" : seen;
    const y = TOP + STEP * index + STEP / 2;
    svg.append(
      make("text", { x: 16, y: y + 4 }, name),
      make("line", { class: "rail", x1: left, x2: left + some.length * COLUMN, y1: y, y2: y }));
  });
  some.forEach(({ place, ports, row, result: worst, codes: all }, index) => {
    const x = left + index * COLUMN + COLUMN / 2;
    const result = results[worst], lanes = text(row[LANES]);
    const label = columnLabel(row[TRANSPORT], ports);
    const told = `${label}: ${[...lanes].map((letter, lane) => laneWords[lane][letter]).join(", ")}. ` +
      `${all.join(", ")} ${text(row[SENTENCE])}`;
    const column = make("g", {
      class: "column", "data-result": result, tabindex: 0, role: "button", "aria-label": told,
      "data-host": host, "data-port": ports[0], opacity: isShown.has(place) ? 1 : 0.28,
    });
    column.append(make("title", {}, told));
    column.append(make("rect", {
      class: "tint", x: x - COLUMN / 2 + 1.5, y: TOP - 3, width: COLUMN - 3, height: STEP * 4 + 22, rx: 6 }));
    column.append(make("text", { class: "port", transform: `translate(${x + 2} ${TOP - 9}) rotate(-42)` }, label));
    const kinds = [...lanes].map((letter, lane) => glyphKind(lane, letter));
    const y = (lane) => TOP + STEP * lane + STEP / 2;
    const isThere = (kind) => kind === "yes" || kind === "sent" || kind === "guess";
    for (let lane = 0; lane < 3; lane += 1) {
      if (isThere(kinds[lane]) && isThere(kinds[lane + 1])) {
        column.append(make("line", { class: "link", x1: x, x2: x, y1: y(lane), y2: y(lane + 1) }));
      }
    }
    kinds.forEach((kind, lane) => column.append(...glyph(kind, x, y(lane))));
    if (result !== "pass") {
      column.append(make("text", { class: "code", x, y: TOP + STEP * 4 + 13, "text-anchor": "middle" },
        all.length > 1 ? `${all[0]}+` : all[0]));
    }
    svg.append(column);
  });
  return svg;
}

/** What the lane of a host leaves out. */
function restText(places, left) {
  const counts = new Map();
  for (const place of places) {
    const row = rows[place];
    if (isTelling(row)) continue;
    const key = text(row[SENTENCE]);
    counts.set(key, (counts.get(key) || 0) + Number(row[COUNT]));
  }
  const said = [...counts].sort((one, other) => other[1] - one[1])
    .map(([sentence, count]) => `${counted(count, "other endpoint")}: ${sentence}`);
  if (left) said.unshift(`${counted(left, "more port")} to be told here; filter to see them.`);
  return said.join(" ");
}

/** What the signs mean. */
function drawLegend() {
  const entry = (children, words) => make("li", {}, ...children, make("span", {}, words));
  const small = (kind) => make("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true", class: "plain" },
    make("g", { class: "column", "data-result": "pass" }, ...glyph(kind, 8, 8)));
  $("legend").append(
    entry([small("yes")], "yes"), entry([small("no")], "no"),
    entry([small("bar")], "stopped, or declared closed"),
    entry([small("half")], "for loopback or another address only"),
    entry([small("sent")], "sent elsewhere"), entry([small("ask")], "not known"),
    ...(rows.some(isPredicted) ? [entry([small("guess")], "predicted to be reachable")] : []),
    entry([sign("fail", "fail")], "against what was declared"),
    entry([sign("warn", "warn")], "with a warning"),
    entry([sign("inconclusive", "inconclusive")], "inconclusive"),
    entry([sign("info", "info")], "noted"));
}

// The map of many hosts: a canvas as large as its window, which draws what is scrolled to.

const map = { hosts: [], columns: [], cells: new Map(), left: 130, top: 88, size: 18, step: 19, at: null };

/** What a cell shows of a finding: the name of a shape and the result whose colour it has. */
function cellShape({ place, result: worst }) {
  const result = results[worst], lanes = text(rows[place][LANES]);
  if (result !== "pass") return [result, result];
  if ("oP".includes(lanes[1])) return ["pass", "pass"];
  return "olen".includes(lanes[3]) ? ["held", "pass"] : null;
}

/** The name of a host, told from others of its address. */
function hostLabel(host) {
  const [, vantage] = parts[rows[rowsByHost[host][0]][PART]];
  return hasVantages ? `${hosts[host]} from ${vantage}` : hosts[host];
}

/** Prepares the map of `shownHosts`; it is there for three or more that have something to tell. */
function layMap(shownHosts) {
  map.hosts = shownHosts.length >= 3 ? shownHosts : [];
  map.cells.clear();
  map.at = null;
  $("map-readout").textContent = "";
  const weight = new Map();
  for (const host of map.hosts) {
    for (const [key, { ports, row, result }] of columnsOf(rowsByHost[host])) {
      const isFailed = results[result] === "fail" ? 1 : 0, found = weight.get(key);
      if (!found) weight.set(key, { key, label: columnLabel(row[TRANSPORT], ports), worst: result, count: 1, failed: isFailed });
      else { found.count += 1; found.failed += isFailed; found.worst = Math.min(found.worst, result); }
    }
  }
  let all = [...weight.values()];
  const left = Math.max(0, all.length - 1000);
  if (left) {
    all = all.sort((one, other) => one.worst - other.worst || other.count - one.count).slice(0, 1000);
  }
  map.columns = all.sort((one, other) => one.key - other.key);
  $("map-box").hidden = $("map-help").hidden = map.columns.length === 0;
  map.columns.forEach((column, place) => { column.place = place; });
  map.byKey = new Map(map.columns.map((column) => [column.key, column]));
  map.mostFailed = map.columns.reduce((most, { failed }) => Math.max(most, failed), 0);
  const widest = map.hosts.reduce((most, host) => Math.max(most, hostLabel(host).length), 0);
  map.left = Math.min(260, Math.max(96, widest * 7.4 + 22));
  sizeMap();
  return left;
}

/** The findings of a host by column. */
function cellsOf(host) {
  let cells = map.cells.get(host);
  if (!cells) {
    cells = new Map();
    for (const [key, { place, result }] of columnsOf(rowsByHost[host])) {
      const column = map.byKey.get(key);
      if (column) cells.set(column.place, { place, result });
    }
    map.cells.set(host, cells);
  }
  return cells;
}

function sizeMap() {
  const box = $("map-box"), canvas = $("map"), space = $("map-space");
  if (box.hidden) return;
  // Where there is room, the columns stand as far apart as reads well.
  map.size = Math.max(18, Math.min(34, Math.floor((box.clientWidth - map.left - 40) / map.columns.length)));
  const width = map.left + map.columns.length * map.size + 38;
  const height = map.top + map.hosts.length * map.step + 8;
  // A browser draws no element taller than some millions of pixels; nobody scrolls that far.
  space.style.width = `${width}px`;
  space.style.height = `${Math.min(height, 8_000_000)}px`;
  map.width = Math.min(box.clientWidth, width);
  map.height = Math.min(430, height);
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(map.width * scale);
  canvas.height = Math.round(map.height * scale);
  canvas.style.width = `${map.width}px`;
  canvas.style.height = `${map.height}px`;
  drawMap();
}

/** How tall the bar of the port that fails at most hosts is. */
const BARS = 24;

function drawMap() {
  const box = $("map-box");
  if (box.hidden) return;
  const context = $("map").getContext("2d");
  const scale = window.devicePixelRatio || 1;
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(`--${name}`).trim();
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = color("sheet");
  context.fillRect(0, 0, map.width, map.height);
  const { left, top, size, step } = map;
  const firstColumn = Math.max(0, Math.floor(box.scrollLeft / size));
  const firstHost = Math.max(0, Math.floor(box.scrollTop / step));
  const lastColumn = Math.min(map.columns.length, firstColumn + Math.ceil((map.width - left) / size) + 1);
  const lastHost = Math.min(map.hosts.length, firstHost + Math.ceil((map.height - top) / step) + 1);
  const x = (column) => left + column * size - box.scrollLeft;
  const y = (host) => top + host * step - box.scrollTop;
  const paths = {};
  for (const name of Object.keys(shapes)) paths[name] = new Path2D(shapes[name]);
  context.save();
  context.beginPath();
  context.rect(left, top, map.width, map.height);
  context.clip();
  context.strokeStyle = color("line");
  context.lineWidth = 1;
  for (let host = firstHost; host < lastHost; host += 1) {
    const middle = Math.round(y(host) + step / 2) + 0.5;
    context.beginPath();
    context.moveTo(left, middle);
    context.lineTo(Math.min(map.width, x(map.columns.length)), middle);
    context.stroke();
  }
  for (let host = firstHost; host < lastHost; host += 1) {
    const cells = cellsOf(map.hosts[host]);
    for (let column = firstColumn; column < lastColumn; column += 1) {
      const cell = cells.get(column), shape = cell ? cellShape(cell) : null;
      if (!shape) continue;
      context.save();
      context.translate(x(column) + (size - 15) / 2, y(host) + (step - 15) / 2);
      context.scale(15 / 16, 15 / 16);
      // What lies below the shape is paper, so that the line of the host ends at it.
      context.fillStyle = color("sheet");
      context.fillRect(-1, -1, 18, 18);
      context.fillStyle = color(shape[1]);
      context.fill(paths[shape[0]], "evenodd");
      context.restore();
    }
  }
  if (map.at) {
    context.strokeStyle = color("ink");
    context.lineWidth = 1.5;
    context.strokeRect(x(map.at.column) + 0.5, y(map.at.host) + 0.5, size - 1, step - 1);
  }
  context.restore();
  context.textBaseline = "middle";
  context.font = "12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
  context.save();
  context.beginPath();
  context.rect(0, top, left, map.height);
  context.clip();
  for (let host = firstHost; host < lastHost; host += 1) {
    context.fillStyle = color(map.at && map.at.host === host ? "ink" : "soft");
    context.fillText(hostLabel(map.hosts[host]), 12, y(host) + step / 2 + 0.5, left - 20);
  }
  context.restore();
  context.save();
  context.beginPath();
  context.rect(left - 6, 0, map.width, top);
  context.clip();
  for (let column = firstColumn; column < lastColumn; column += 1) {
    context.save();
    const { failed } = map.columns[column];
    if (failed) {
      const tall = Math.max(2, BARS * failed / map.mostFailed);
      context.fillStyle = color("fail");
      context.fillRect(x(column) + size / 2 - 4, top - 5 - tall, 8, tall);
    }
    context.translate(x(column) + size / 2 + 1, top - 11 - BARS);
    context.rotate(-Math.PI / 3.4);
    context.fillStyle = color(map.at && map.at.column === column ? "ink" : "soft");
    context.fillText(map.columns[column].label, 0, 0);
    context.restore();
  }
  context.restore();
}

/** The place under a pointer; null outside. */
function mapPlace(event) {
  const bounds = $("map").getBoundingClientRect(), box = $("map-box");
  const column = Math.floor((event.clientX - bounds.left - map.left + box.scrollLeft) / map.size);
  const host = Math.floor((event.clientY - bounds.top - map.top + box.scrollTop) / map.step);
  if (event.clientX - bounds.left < map.left || event.clientY - bounds.top < map.top) return null;
  return column < map.columns.length && host < map.hosts.length ? { column, host } : null;
}

/** Moves to a place and says what is there. */
function moveTo(at) {
  map.at = at;
  drawMap();
  if (!at) { $("map-readout").textContent = ""; return; }
  const host = map.hosts[at.host], cell = cellsOf(host).get(at.column), row = cell && rows[cell.place];
  const { label, failed } = map.columns[at.column];
  const whole = failed ? ` · ${label} fails at ${counted(failed, "host")}` : "";
  const where = `${hosts[host]} ${label}${isPredictedHost(host) ? ", predicted" : ""}`;
  const who = row && text(row[WHO]) ? ` (${text(row[WHO])})` : "";
  $("map-readout").textContent =
    (row ? `${where}: ${text(row[CODE])} ${text(row[SENTENCE])}${who}` : `${where}: nothing to tell`) + whole;
}

function listenToMap(show) {
  const box = $("map-box"), canvas = $("map");
  box.addEventListener("scroll", () => requestAnimationFrame(drawMap), { passive: true });
  canvas.addEventListener("pointermove", (event) => moveTo(mapPlace(event)));
  canvas.addEventListener("pointerleave", () => moveTo(null));
  const showPlace = () => {
    if (!map.at) return;
    const { key } = map.columns[map.at.column];
    show(map.hosts[map.at.host], Math.floor(key / 65536) % 65536);
  };
  canvas.addEventListener("click", (event) => { moveTo(mapPlace(event)); showPlace(); });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Enter") { showPlace(); event.preventDefault(); return; }
    const step = steps[event.key];
    if (!step || !map.columns.length) return;
    event.preventDefault();
    const at = map.at || { column: -Math.max(0, step[0]), host: -Math.max(0, step[1]) };
    const column = Math.min(map.columns.length - 1, Math.max(0, at.column + step[0]));
    const host = Math.min(map.hosts.length - 1, Math.max(0, at.host + step[1]));
    const x = column * map.size, y = host * map.step;
    box.scrollLeft = Math.min(x, Math.max(box.scrollLeft, x - (map.width - map.left) + 3 * map.size));
    box.scrollTop = Math.min(y, Math.max(box.scrollTop, y - (map.height - map.top) + 2 * map.step));
    moveTo({ column, host });
  });
}

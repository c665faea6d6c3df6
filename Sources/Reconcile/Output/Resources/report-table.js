// The table, a page at a time, and everything that a person can choose.

const PAGE = 100, HOSTS = 6;
const view = { groups: [], page: 0, pageSize: PAGE, sort: "result", isDescending: false, open: new Set(), lanes: HOSTS, places: [] };

/** Findings in lines: each alone, or those together that differ in their address only. */
function groupsOf(places, isTogether) {
  if (!isTogether) return places.map((place) => ({ first: place, members: [place] }));
  const groups = new Map();
  for (const place of places) {
    const key = JSON.stringify(rows[place].filter((_, field) => field !== HOST));
    const group = groups.get(key);
    if (group) group.members.push(place);
    else groups.set(key, { first: place, members: [place] });
  }
  return [...groups.values()];
}

/** The hosts of a line beside its first. */
function otherHosts(group) {
  return [...new Set(group.members.map((place) => rows[place][HOST]))].slice(1);
}

const sorters = {
  result: (one, other) => one[RESULT] - other[RESULT] || one[SEVERITY] - other[SEVERITY] ||
    sorters.code(one, other),
  code: (one, other) => text(one[CODE]).localeCompare(text(other[CODE])) || sorters.host(one, other),
  host: (one, other) => one[HOST] - other[HOST] || one[TRANSPORT] - other[TRANSPORT] ||
    ranges(one)[0][0] - ranges(other)[0][0],
};

/** Chooses again, and shows what came of it. */
function refresh() {
  view.places = chosen();
  view.groups = groupsOf(view.places, $("alike").checked);
  const compare = sorters[view.sort], sense = view.isDescending ? -1 : 1;
  view.groups.sort((one, other) => sense * compare(rows[one.first], rows[other.first]));
  view.page = 0;
  view.lanes = HOSTS;
  view.open.clear();
  drawTable();
  drawPicture();
  writeAddress();
}

function drawPicture() {
  const shownHosts = hostsOf(view.places), isShown = new Set(view.places);
  const left = layMap(shownHosts);
  const shownLanes = shownHosts.slice(0, view.lanes);
  const whole = view.printWidth || $("lanes").clientWidth - 2, half = (whole - 16) / 2;
  const arePairs = !view.printWidth && half > 420 && shownLanes.length > 1 &&
    shownLanes.every((host) => columnCount(host) <= columnRoom(half));
  $("lanes").classList.toggle("pairs", arePairs);
  const lanes = shownLanes.map((host) => lane(host, isShown, arePairs ? half : whole));
  $("lanes").replaceChildren(...lanes);
  const rest = shownHosts.length - lanes.length;
  $("more-hosts").hidden = rest <= 0;
  $("more-hosts").textContent = `Show more of ${counted(rest, "further host")}`;
  const notes = [counted(shownHosts.length, "host")];
  if (left) notes.push(`the map leaves out ${counted(left, "port")}`);
  if (rest > 0) notes.push(`the worst ${lanes.length} below`);
  const guesses = shownHosts.filter(isPredictedHost).length;
  if (guesses) notes.push(guesses === shownHosts.length ? "predicted, nothing was probed" : `${grouped(guesses)} predicted, not probed`);
  $("picture-note").textContent = notes.join(", ");
  $("picture").hidden = shownHosts.length === 0;
}

function drawTable() {
  const start = view.page * view.pageSize;
  const shown = view.groups.slice(start, start + view.pageSize);
  const lines = shown.flatMap((group, place) => line(group, start + place));
  if (!lines.length) {
    const words = rows.length ? "Nothing here is like that. Show all, or ask for less." : "There are no findings.";
    lines.push(make("tr", { class: "empty", role: "row" }, make("td", { colspan: 5, role: "cell" }, words)));
  }
  $("rows").replaceChildren(...lines);
  const total = view.groups.length, last = Math.min(start + view.pageSize, total);
  $("page").textContent = total ? `${grouped(start + 1)}–${grouped(last)} of ${grouped(total)}` : "";
  $("previous").disabled = view.page === 0;
  $("next").disabled = last >= total;
  document.querySelector(".pages").hidden = total <= view.pageSize;
  const isAll = view.places.length === rows.length;
  $("count").textContent = isAll
    ? counted(rows.length, "finding") : `${grouped(view.places.length)} of ${counted(rows.length, "finding")}`;
  document.querySelectorAll("th[role=columnheader]").forEach((head) => {
    const name = head.querySelector("button")?.dataset.sort;
    if (name === view.sort) head.setAttribute("aria-sort", view.isDescending ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
}

/** A line of the table, with its details when it is open. */
function line(group, place) {
  const row = rows[group.first], result = results[row[RESULT]], isOpen = view.open.has(place);
  const cell = (name, ...children) => make("td", { class: name, role: "cell" }, ...children);
  const badge = sign(result, result);
  badge.append(result);
  const toggle = make("button", { type: "button", class: "toggle", "aria-expanded": isOpen }, placeText(row));
  const where = [toggle];
  const others = otherHosts(group).length, more = group.members.length - 1;
  if (others) where.push(make("small", {}, `and ${counted(others, "more host")} alike`));
  else if (more) where.push(make("small", {}, `and ${grouped(more)} more alike`));
  if (parts.length > 1) where.push(make("small", {}, partText(parts[row[PART]])));
  const severity = result === "pass" || result === "info" ? [] : [" ", make("span", { class: "severity" }, severities[row[SEVERITY]])];
  const tr = make("tr", { class: isOpen ? "finding open" : "finding", role: "row", "data-result": result },
    cell("result", badge), cell("code", make("span", { class: "mono", title: codes.get(text(row[CODE])).name }, text(row[CODE])), ...severity),
    cell("place", ...where), cell("what", text(row[SENTENCE])), cell("who", text(row[WHO])));
  tr.addEventListener("click", () => {
    if (String(getSelection())) return;
    if (isOpen) view.open.delete(place);
    else view.open.add(place);
    const hadFocus = document.activeElement === toggle;
    const fresh = line(group, place);
    if (isOpen) tr.nextSibling.remove();
    tr.replaceWith(...fresh);
    if (hadFocus) fresh[0].querySelector(".toggle").focus();
  });
  if (!isOpen) return [tr];
  return [tr, make("tr", { class: "details", role: "row" }, make("td", { colspan: 5, role: "cell" }, facts(group)))];
}

/** Everything that is known of a line. */
function facts(group) {
  const row = rows[group.first], code = codes.get(text(row[CODE]));
  const list = make("dl", { class: "facts" });
  const add = (name, ...values) => list.append(make("dt", {}, name), make("dd", {}, ...values));
  const some = (field, name) => { if (row[field] >= 0) add(name, text(row[field])); };
  some(SEEN, "seen");
  some(LISTENER, "listener");
  some(RULES, "rules");
  for (let place = 0; place < row[MORE].length; place += 2) {
    add(text(row[MORE][place]), text(row[MORE][place + 1]));
  }
  some(POLICY, "policy");
  if (row[CAUSES].length) {
    add("likely", make("ul", {}, ...row[CAUSES].map((one) => make("li", {}, text(one)))));
  }
  if (row[REMEDIES].length) add("to do", make("ol", {}, ...row[REMEDIES].map(remedyItem)));
  const others = otherHosts(group), rest = others.length - 40;
  if (others.length) {
    const names = others.slice(0, 40).map((host) => hosts[host]).join(", ");
    add("also at", rest > 0 ? `${names} and ${counted(rest, "more host")}` : names);
  }
  add(text(row[CODE]), ...withCode(`${code.name}. ${code.meaning}`));
  return list;
}

/** What to do, and how: a line for each step, to be copied. */
function remedyItem([sentence, ...steps]) {
  const item = make("li", {}, ...withCode(text(sentence)));
  for (let place = 0; place < steps.length; place += 2) {
    const note = text(steps[place + 1]);
    item.append(make("div", { class: "step" }, make("code", {}, text(steps[place])), note ? ` ${note}` : ""));
  }
  return item;
}

/** A sentence of ours: what stands between backticks in it is code. */
function withCode(sentence) {
  return sentence.split("`").map((piece, place) => (place % 2 ? make("code", {}, piece) : piece));
}

/** The filters in the address of the page, so that a link shows the same. */
function writeAddress() {
  const address = new URLSearchParams();
  if (wanted.results.size) address.set("result", [...wanted.results].map((one) => results[one]).join(","));
  if (wanted.text) address.set("text", wanted.text);
  if (wanted.host) address.set("host", wanted.host);
  if (wanted.port) address.set("port", $("f-port").value.trim());
  if (wanted.transport) address.set("transport", transports[wanted.transport]);
  if (wanted.code) address.set("code", wanted.code);
  try { history.replaceState(null, "", `#${address}`); } catch { /* Not allowed everywhere. */ }
}

function readAddress() {
  const address = new URLSearchParams(location.hash.slice(1));
  for (const one of (address.get("result") || "").split(",")) {
    if (results.includes(one)) wanted.results.add(results.indexOf(one));
  }
  $("f-text").value = address.get("text") || "";
  $("f-host").value = address.get("host") || "";
  $("f-port").value = address.get("port") || "";
  const transport = transports.indexOf(address.get("transport"));
  $("f-transport").value = transport < 0 ? "" : String(transport);
  $("f-code").value = codes.has(address.get("code")) ? address.get("code") : "";
}

/** Takes over what stands in the fields. */
function readFields() {
  const port = parsedPort($("f-port").value);
  $("f-port").classList.toggle("wrong", port === undefined);
  $("f-port").setAttribute("aria-invalid", port === undefined);
  Object.assign(wanted, {
    text: $("f-text").value, host: $("f-host").value, port: port || null,
    transport: $("f-transport").value, code: $("f-code").value,
  });
  document.querySelectorAll(".tile").forEach((tile) => {
    tile.setAttribute("aria-pressed", wanted.results.has(results.indexOf(tile.dataset.result)));
  });
  refresh();
}

/** Shows the findings of one host and port. */
function showOnly(host, port) {
  $("f-host").value = hosts[host];
  $("f-port").value = String(port);
  readFields();
  $("findings").scrollIntoView();
}

function listen() {
  let waiting = 0;
  $("filters").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(readFields, 90); });
  $("filters").addEventListener("submit", (event) => { event.preventDefault(); readFields(); });
  $("filters").addEventListener("reset", () => { wanted.results.clear(); setTimeout(readFields); });
  document.querySelectorAll(".tile").forEach((tile) => {
    const result = results.indexOf(tile.dataset.result);
    const count = rows.reduce((sum, row) => sum + (row[RESULT] === result), 0);
    tile.disabled = count === 0;
    tile.classList.toggle("none", count === 0);
    tile.addEventListener("click", () => {
      if (!wanted.results.delete(result)) wanted.results.add(result);
      readFields();
    });
  });
  document.querySelectorAll("th button").forEach((button) => button.addEventListener("click", () => {
    view.isDescending = view.sort === button.dataset.sort && !view.isDescending;
    view.sort = button.dataset.sort;
    refresh();
  }));
  $("alike").addEventListener("change", refresh);
  const turn = (step) => { view.page += step; view.open.clear(); drawTable(); $("findings").scrollIntoView(); };
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));
  $("more-hosts").addEventListener("click", () => { view.lanes += 24; drawPicture(); });
  const showColumn = (event) => {
    const column = event.target.closest(".column[data-host]");
    if (column) showOnly(Number(column.dataset.host), Number(column.dataset.port));
  };
  $("lanes").addEventListener("click", showColumn);
  $("lanes").addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); showColumn(event); }
  });
  listenToMap(showOnly);
  let width = innerWidth;
  addEventListener("resize", () => { if (width !== innerWidth) { width = innerWidth; drawPicture(); } });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawMap);
  listenToTheme();
  listenToPrinter();
}

function listenToTheme() {
  const themes = ["system", "light", "dark"];
  let theme = "system";
  try { theme = localStorage.getItem("prober-theme") || "system"; } catch { /* Not allowed everywhere. */ }
  const use = (next) => {
    theme = themes.includes(next) ? next : "system";
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    $("theme").textContent = `Theme: ${theme}`;
    drawMap();
  };
  use(theme);
  $("theme").addEventListener("click", () => {
    use(themes[(themes.indexOf(theme) + 1) % themes.length]);
    try { localStorage.setItem("prober-theme", theme); } catch { /* Not allowed everywhere. */ }
  });
}

/** On paper there are no pages to turn: as much as a person may want to hold. */
function listenToPrinter() {
  $("print").addEventListener("click", () => print());
  addEventListener("beforeprint", () => {
    Object.assign(view, { pageSize: 500, page: 0, lanes: 20, printWidth: 640 });
    drawTable();
    drawPicture();
    const rest = view.groups.length - 500;
    if (rest > 0) $("count").textContent += `; the first 500 lines are printed, ${grouped(rest)} are not`;
  });
  addEventListener("afterprint", () => {
    Object.assign(view, { pageSize: PAGE, lanes: HOSTS, printWidth: 0 });
    drawTable();
    drawPicture();
  });
}

function begin() {
  document.documentElement.classList.add("scripted");
  for (const [code, { name, meaning }] of codes) {
    $("f-code").append(make("option", { value: code }, `${code} ${name}`));
    $("code-list").append(make("dt", {}, code, make("span", {}, name)), make("dd", {}, ...withCode(meaning)));
  }
  $("codes").hidden = codes.size === 0;
  $("unprobed").hidden = data.unprobed.length === 0;
  $("unprobed-list").append(...data.unprobed.slice(0, 200).map(([listener, why, isOpen]) =>
    make("li", {}, `${listener}: ${why}${isOpen ? ", so not judged" : ""}`)));
  if (data.unprobed.length > 200) {
    $("unprobed-list").append(make("li", {}, `and ${grouped(data.unprobed.length - 200)} more`));
  }
  drawLegend();
  readAddress();
  listen();
  readFields();
}

begin();

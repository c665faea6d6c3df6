"use strict";
// The findings, and which of them are shown. Everything that came from a host or the network is
// text here, and is put into the page as text.

const data = JSON.parse(document.getElementById("data").textContent);

// The places of a finding's list, as HTMLData.swift writes it. Numbers from PORTS on, where they are
// of a text, are places in `data.texts`; -1 is none.
const PART = 0, HOST = 1, TRANSPORT = 2, PORTS = 3, CODE = 4, RESULT = 5, SEVERITY = 6, LANES = 7,
  SENTENCE = 8, WHO = 9, SEEN = 10, LISTENER = 11, RULES = 12, POLICY = 13, COUNT = 14, CAUSES = 15,
  REMEDIES = 16, SUPPLEMENT = 17, MORE = 18;
const TEXTS = [PORTS, CODE, SENTENCE, WHO, SEEN, LISTENER, RULES, POLICY];

const { rows, texts, hosts, parts, results, severities } = data;
const codes = new Map(data.codes.map(([code, name, meaning]) => [code, { name, meaning }]));
const transports = ["tcp", "udp"];
const text = (place) => (place < 0 ? "" : texts[place]);
const $ = (id) => document.getElementById(id);

/** A new element with attributes and children; a text is a text. */
function make(name, attributes = {}, ...children) {
  const isDrawn = ["svg", "g", "path", "circle", "rect", "line", "text", "title"].includes(name);
  const element = isDrawn
    ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Whether nothing was sent to the host of a finding: the rules stand for what would be seen. */
const isPredicted = (row) => parts[row[PART]][2] === "predicted";

/** The ranges that a list of ports names, as pairs. */
const parsedPorts = new Map();
function ranges(row) {
  const place = row[PORTS];
  let found = parsedPorts.get(place);
  if (!found) {
    found = texts[place].split(",").map((range) => {
      const [low, high] = range.split("-").map(Number);
      return [low, high === undefined ? low : high];
    });
    parsedPorts.set(place, found);
  }
  return found;
}

/** Ports for people: the first ranges, and how many there are. */
function portText(row) {
  const all = ranges(row);
  const list = all.slice(0, 5).map(([low, high]) => (low === high ? low : `${low}-${high}`)).join(",");
  const count = all.reduce((sum, [low, high]) => sum + high - low + 1, 0);
  return count === 1 ? list : `${list}${all.length > 5 ? ",…" : ""} (${grouped(count)} ports)`;
}

/** The name of a host's target, and its vantage where there are several. */
const hasVantages = new Set(parts.map(([, vantage]) => vantage)).size > 1;
const partText = ([name, vantage]) => (hasVantages ? `${name} from ${vantage}` : name);

/** The endpoint of a finding, as everywhere in Prober. */
function placeText(row) {
  const host = hosts[row[HOST]], transport = transports[row[TRANSPORT]];
  if (Number(row[COUNT]) !== 1) return `${host} ${transport} ${portText(row)}`;
  return `${host.includes(":") ? `[${host}]` : host}:${text(row[PORTS])}/${transport}`;
}

const grouped = (number) => number.toLocaleString("en");
const counted = (number, one, many) => `${grouped(number)} ${number === 1 ? one : many || one + "s"}`;

// What is asked for. Empty means everything.
const wanted = { results: new Set(), text: "", host: "", port: null, transport: "", code: "" };
let lowerTexts = null;

/** The places in `rows` of what is asked for. */
function chosen() {
  const query = wanted.text.trim().toLowerCase();
  let hits = null, hostHits = null, partHits = null;
  if (query) {
    lowerTexts ||= texts.map((one) => one.toLowerCase());
    hits = lowerTexts.map((one) => one.includes(query));
    for (const [code, { name }] of codes) {
      if (name.includes(query)) hits[texts.indexOf(code)] = true;
    }
    hostHits = hosts.map((one) => one.toLowerCase().includes(query));
    partHits = parts.map(([name]) => name.toLowerCase().includes(query));
  }
  const host = wanted.host.trim().toLowerCase();
  const isHost = hosts.map((one) => one.toLowerCase());
  const isExact = isHost.includes(host);
  const hostWanted = host && isHost.map((one) => (isExact ? one === host : one.includes(host)));
  const partWanted = host && parts.map(([name]) => !isExact && name.toLowerCase().includes(host));
  const found = [];
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place];
    if (wanted.results.size && !wanted.results.has(row[RESULT])) continue;
    if (wanted.transport !== "" && row[TRANSPORT] !== Number(wanted.transport)) continue;
    if (wanted.code && text(row[CODE]) !== wanted.code) continue;
    if (hostWanted && !hostWanted[row[HOST]] && !partWanted[row[PART]]) continue;
    if (wanted.port) {
      const [low, high] = wanted.port;
      if (!ranges(row).some((range) => range[0] <= high && low <= range[1])) continue;
    }
    if (hits && !hostHits[row[HOST]] && !partHits[row[PART]] &&
      !TEXTS.some((field) => row[field] >= 0 && hits[row[field]]) &&
      !row[CAUSES].some((one) => hits[one]) && !row[MORE].some((one) => hits[one]) &&
      !row[REMEDIES].some((remedy) => remedy.some((one) => hits[one]))) continue;
    found.push(place);
  }
  return found;
}

/** What a person wrote as a port: a number or a range; undefined for neither, null for nothing. */
function parsedPort(written) {
  if (!written.trim()) return null;
  const match = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(written);
  if (!match) return undefined;
  const low = Number(match[1]), high = match[2] === undefined ? low : Number(match[2]);
  return low <= high && high <= 65535 ? [low, high] : undefined;
}

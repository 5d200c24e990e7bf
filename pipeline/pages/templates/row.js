// One customer as a row, and the details under it. Text becomes text (textContent), never markup.
const data = document.getElementById("data") ? JSON.parse(document.getElementById("data").textContent) : null;
const SVG = "http://www.w3.org/2000/svg";

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined && text !== null) element.textContent = text;
  return element;
}

// A customer's text may run from right to left, or say that it does: it stays in its own box.
function own(text) {
  return make("bdi", "", text);
}

function idOf(at) {
  return data.seen[at] === undefined ? data.id[at] : data.seen[at];
}

function word(kind, value) {
  return value === null || value === undefined ? "" : data.words[kind][value];
}

function cell(className, tag = "td") {
  const element = make(tag, className);
  element.setAttribute("role", tag === "th" ? "rowheader" : "cell");
  if (tag === "th") element.scope = "row";
  return element;
}

function rowOf(at) {
  const row = make("tr", data.yes[at] ? "" : "no");
  row.setAttribute("role", "row");
  const place = cell("place number");
  place.append(toggleOf(at), " ", number(data.priority[at]));
  const who = cell("who", "th");
  who.append(own(idOf(at)));
  const answer = cell("answer");
  answer.append(make("span", data.yes[at] ? "yes" : "not", data.yes[at] ? data.texts.yes : data.texts.no));
  if (data.why[at]) answer.append(" ", make("small", "", word("why_not", data.why[at])));
  const risk = cell("risk");
  risk.append(make("span", "band " + data.band[at], word("band", data.band[at])), " ", data.chance_text[at]);
  const tier = cell("tier");
  tier.append(word("tier", data.tier[at]));
  const cells = [place, who, answer, risk, tier];
  if (data.money) {
    const value = cell("value number");
    value.append(data.value_text[at]);
    cells.push(value);
  }
  const act = cell("act");
  act.append([word("action", data.action[at]), word("channel", data.channel[at])].filter(Boolean).join(" · "));
  if (data.by_text[at]) act.append(" ", make("small", "", data.texts.by + " " + data.by_text[at]));
  const reason = cell("reason");
  reason.append(own(data.reasons[at][0] || ""));
  row.append(...cells, act, reason);
  return row;
}

// The button that opens the details: in the tab order, with its state and its customer told to a screen reader.
function toggleOf(at) {
  const button = make("button", "toggle");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", data.texts.details + ": " + idOf(at));
  button.addEventListener("click", () => {
    const row = button.closest("tr");
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) row.nextElementSibling.remove();
    else row.after(detailsOf(at, row.cells.length));
  });
  return button;
}

function detailsOf(at, width) {
  const row = make("tr", "details");
  row.setAttribute("role", "row");
  const inside = cell("");
  inside.colSpan = width;
  const reasons = make("div", "why");
  reasons.append(make("h3", "", data.texts.why));
  const list = make("ul");
  for (const reason of data.reasons[at]) {
    const item = make("li", "raises");
    item.append(own(reason));
    list.append(item);
  }
  if (data.lowers[at]) {
    const item = make("li", "lowers");
    item.append(make("small", "", data.texts.lowers + ": "), own(data.lowers[at]));
    list.append(item);
  }
  reasons.append(list);
  const facts = make("dl", "facts");
  for (const [label, text] of data.facts[at]) {
    const pair = make("div");
    const meaning = make("dd");
    meaning.append(own(text));
    pair.append(make("dt", "", data.labels[label]), meaning);
    facts.append(pair);
  }
  const box = make("div", "opened");
  box.append(reasons);
  if (data.weeks[at]) box.append(sparkline(data.weeks[at]));
  box.append(facts);
  inside.append(box);
  row.append(inside);
  return row;
}

// One bar per week, oldest first; its sum is told in words too.
function sparkline(weeks) {
  const box = make("figure", "weeks");
  const events = weeks.reduce((sum, count) => sum + count, 0);
  const active = weeks.filter((count) => count > 0).length;
  const said = data.texts.sum.replace("{events}", number(events)).replace("{active}", number(active));
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 260 44");
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("aria-hidden", "true");
  const most = Math.max(1, ...weeks);
  weeks.forEach((count, week) => {
    const bar = document.createElementNS(SVG, "rect");
    const height = count ? Math.max(3, (count / most) * 42) : 1;
    bar.setAttribute("x", String(week * 5));
    bar.setAttribute("y", String(44 - height));
    bar.setAttribute("width", "4");
    bar.setAttribute("height", String(height));
    bar.setAttribute("class", count ? "fill-ink" : "fill-line");
    drawing.append(bar);
  });
  const ends = make("div", "ends");
  ends.append(make("span", "", data.texts.ago), make("span", "", data.texts.now));
  box.append(make("h3", "", data.texts.activity), drawing, ends, make("figcaption", "", said));
  return box;
}

const inLanguage = new Intl.NumberFormat(document.documentElement.lang);
function number(value) {
  return inLanguage.format(value);
}

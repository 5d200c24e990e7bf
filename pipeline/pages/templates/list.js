// Search, filter, sort and the download of those who are to be contacted.
const STEP = 25;
const SORTED = {
  priority: { of: (at) => data.priority[at], down: false },
  customer_id: { of: (at) => data.id[at], down: false },
  churn_probability: { of: (at) => data.chance[at], down: true },
  value_at_risk: { of: (at) => data.value[at], down: true },
  act_by: { of: (at) => data.by[at], down: false },
};
const state = { search: "", answer: "yes", band: "", tier: "", sort: "priority", down: false, rows: STEP };
const $ = (id) => document.getElementById(id);

function fits(at) {
  if (state.answer && (data.yes[at] ? "yes" : "no") !== state.answer) return false;
  if (state.band && data.band[at] !== state.band) return false;
  if (state.tier && data.tier[at] !== state.tier) return false;
  if (!state.search) return true;
  return (data.id[at] + "\n" + idOf(at)).toLowerCase().includes(state.search.toLowerCase());
}

// What is not known comes last, however it is sorted; equals keep their priority.
function compare(one, other) {
  const [a, b] = [SORTED[state.sort].of(one), SORTED[state.sort].of(other)];
  if (a === null || b === null) return (a === null) - (b === null) || one - other;
  const order = a < b ? -1 : a > b ? 1 : 0;
  return (state.down ? -order : order) || one - other;
}

function found() {
  return data.id.map((_, at) => at).filter(fits).sort(compare);
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? number(values[name]) : whole));
}

function show() {
  const all = found();
  const yes = all.filter((at) => data.yes[at]).length;
  const holdout = all.filter((at) => data.why[at] === "holdout").length;
  const no = all.length - yes;
  const rows = all.slice(0, state.rows).map(rowOf);
  if (!rows.length) rows.push(emptyRow());
  $("rows").replaceChildren(...rows);
  $("more").hidden = all.length <= state.rows;
  $("found").textContent = fill(data.texts.found, { found: all.length, yes, no });
  $("warning").hidden = no === 0;
  $("warning").textContent = no ? fill(holdout ? data.texts.warning : data.texts.warning_others, { no, holdout }) : "";
  $("download").textContent = data.stale ? data.texts.stale_download : fill(data.texts.download, { yes });
  $("download").disabled = data.stale || yes === 0;
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const way = state.down ? "descending" : "ascending";
    if (head.dataset.sort === state.sort) head.setAttribute("aria-sort", way);
    else head.removeAttribute("aria-sort");
  }
}

function emptyRow() {
  const row = make("tr");
  row.setAttribute("role", "row");
  const only = cell("empty");
  only.colSpan = document.querySelectorAll(".list thead th").length;
  only.append(data.texts.empty);
  row.append(only);
  return row;
}

function sortBy(name) {
  state.down = state.sort === name ? !state.down : SORTED[name].down;
  state.sort = name;
  $("sort").value = name;
  show();
}

// As the files contact_<action>.csv: ids as they came, since a mail tool must find them; reasons as text for a sheet.
function csvOf(rows) {
  const quoted = (value) => (/[",\r\n]/.test(value) ? '"' + value.replaceAll('"', '""') + '"' : value);
  const text = (value) => (/^[\s\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(value) ? "'" + value : value);
  const lines = [["customer_id", "action", "channel", "act_by", "risk_band", "value_tier", "reason_1"]];
  for (const at of rows) {
    lines.push([data.id[at], data.action[at], data.channel[at] || "", data.by[at] || "", data.band[at], data.tier[at],
      text(data.reasons[at][0] || "")]);
  }
  return lines.map((line) => line.map(quoted).join(",") + "\r\n").join("");
}

function download() {
  const rows = found().filter((at) => data.yes[at]);
  const address = URL.createObjectURL(new Blob([csvOf(rows)], { type: "text/csv;charset=utf-8" }));
  const link = make("a");
  link.href = address;
  link.download = "contact_" + data.as_of + ".csv";
  link.click();
  // Long enough for the browser to have begun to save it.
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

if ($("controls")) {
  for (const name of ["answer", "band", "tier"]) {
    $(name).addEventListener("change", () => Object.assign(state, { [name]: $(name).value, rows: STEP }) && show());
  }
  $("search").addEventListener("input", () => Object.assign(state, { search: $("search").value.trim(), rows: STEP }) && show());
  $("sort").addEventListener("change", () => {
    state.sort = "";
    sortBy($("sort").value);
  });
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("controls").addEventListener("reset", () => {
    Object.assign(state, { search: "", answer: "yes", band: "", tier: "", sort: "priority", down: false, rows: STEP });
    setTimeout(show);
  });
  $("more").addEventListener("click", () => {
    const next = state.rows;
    state.rows += STEP;
    show();
    $("rows").rows[next]?.querySelector("button")?.focus();
  });
  $("download").addEventListener("click", download);
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const button = make("button", "sort", head.textContent);
    button.type = "button";
    button.addEventListener("click", () => sortBy(head.dataset.sort));
    head.replaceChildren(button);
  }
  $("controls").hidden = false;
  show();
}

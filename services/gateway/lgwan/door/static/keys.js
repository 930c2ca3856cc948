// The keys that are the same on every page of staff. Letters work on a row that has the focus; / and ?, and
// letters on the page of one booking, wherever nobody types, and those can be switched off. What a browser or a field does with a key stays theirs.

const root = document.documentElement;
const search = document.querySelector("[data-search]");
const help = document.getElementById("keys");
const steps = document.querySelector("[data-keys]");
const plain = document.getElementById("no-signs");
const TYPES = "input:not([type=checkbox]):not([type=radio]), select, textarea";
const KEPT = "staff-keys-without-signs";

const rowOf = (node) => node.closest?.("tr[tabindex]");
const rowsOf = (table) => [...table.querySelectorAll("tr[tabindex]")];

function goTo(row) {
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function step(row, way) {
  const rows = rowsOf(row.closest("table"));
  goTo(rows[rows.indexOf(row) + way]);
}

// From the field to the first row that waits for its next step, else to the first.
function intoRows() {
  const rows = rowsOf(document.getElementById("main"));
  goTo(rows.find((row) => row.querySelector(".tick-first")) ?? rows[0]);
}

function press(of, key) {
  const found = [...of.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  found?.click();
  return Boolean(found);
}

function onRow(row, { key, target }) {
  if (key === "ArrowDown") step(row, 1);
  else if (key === "ArrowUp") step(row, -1);
  else if (key === "Enter" && target === row) row.querySelector("th a, td a")?.click();
  else if (key === " " && target === row) return press(row, "space");
  else return /^[a-z]$/i.test(key) && press(row, key.toLowerCase());
  return true;
}

function anywhere({ key, target }) {
  if (target.closest(TYPES) || plain.checked) return false;
  if (key === "/") search?.focus();
  else if (key === "?") showHelp();
  else if (rowOf(target)) return key.toLowerCase() === "w" && press(document.body, "w");
  else return steps !== null && /^[a-z]$/i.test(key) && press(steps, key.toLowerCase());
  return true;
}

function showHelp() {
  help.open = !help.open;
  if (help.open) help.querySelector("summary").focus();
}

// What is open closes, with the keyboard back where it was opened; then the way leads to the search.
function back(target) {
  const open = target.closest("details[open]") ?? (help.open ? help : null);
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (rowOf(target)) search?.focus();
  else return false;
  return true;
}

function handled(event) {
  const { key, target } = event, row = rowOf(target);
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (event.repeat && !key.startsWith("Arrow")) return false;
  if (key === "Escape") return back(target);
  if (target === search && key === "ArrowDown") return intoRows() ?? true;
  if (row && !target.closest(TYPES) && onRow(row, event)) return true;
  return anywhere(event);
}

if (help) {
  root.classList.add("keys");
  plain.checked = localStorage.getItem(KEPT) === "1";
  plain.addEventListener("change", () => localStorage.setItem(KEPT, plain.checked ? "1" : ""));
  document.addEventListener("keydown", (event) => { if (handled(event)) event.preventDefault(); });
}

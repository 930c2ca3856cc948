// The keys of a booking for others. Procedures are one stop of the Tab key, days and times another; inside,
// arrows move and digits choose. Fields keep all of their keys.

const form = document.querySelector("form[data-live]");
const CHOSEN_AGAIN = 1500;
let digits = "", digitAt = 0;

const group = (node) => node?.closest?.(".procedures, .pick");
const stopsOf = (of) => [...of.querySelectorAll(of.matches(".pick") ? "button" : "input")];
const timesOf = (pick) => [...pick.querySelectorAll("button.time-tab")];
const daysOf = (pick) => [...pick.querySelectorAll(".day-row")];
const shownDay = (pick) => pick.querySelector("[aria-current]") ?? daysOf(pick)[0];

// Where the Tab key enters a group: where one is, what is chosen, the first time, the first of all.
function entryOf(of, stops) {
  if (of.contains(document.activeElement)) return document.activeElement;
  if (of.matches(".pick")) return timesOf(of)[0] ?? shownDay(of);
  return stops.find((input) => input.checked) ?? stops[0];
}

function oneStopEach() {
  for (const of of form.querySelectorAll(".procedures, .pick")) {
    const stops = stopsOf(of), entry = entryOf(of, stops);
    for (const stop of stops) stop.tabIndex = stop === entry ? 0 : -1;
  }
}

// The time in the nearest row above or below that has one, as near to this column as can be.
function above(time, way) {
  const column = time.closest("td").cellIndex;
  const gap = (one) => Math.abs(one.closest("td").cellIndex - column);
  for (let row = time.closest("tr"); (row = way < 0 ? row.previousElementSibling : row.nextElementSibling); ) {
    const found = [...row.querySelectorAll("button")].sort((one, other) => gap(one) - gap(other));
    if (found.length) return found[0];
  }
  return time;
}

function beside(time, way) {
  const row = [...time.closest("tr").querySelectorAll("button")];
  const next = row[row.indexOf(time) + way];
  return next ?? (way < 0 ? shownDay(time.closest(".pick")) : time);
}

function moved(node, key) {
  const way = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[key], of = group(node);
  const across = key === "ArrowLeft" || key === "ArrowRight";
  if (node.matches(".time-tab")) return across ? beside(node, way) : above(node, way);
  if (node.matches(".day-row") && across) return way > 0 ? timesOf(of)[0] : node;
  const line = node.matches(".day-row") ? daysOf(of) : stopsOf(of);
  return line[line.indexOf(node) + way];
}

// 10 or 1030: the first free time that is written so.
function timeOf(pick, digit) {
  const begun = Date.now() - digitAt < CHOSEN_AGAIN ? digits + digit : digit;
  const fits = (time) => [time.id.slice(1), time.id.slice(1).replace(/^0/, "")].some((text) => text.replace(":", "").startsWith(digits));
  digitAt = Date.now();
  for (digits of new Set([begun, digit])) {
    const found = timesOf(pick).find(fits);
    if (found) return found;
  }
  return null;
}

function otherDay(pick, way) {
  const days = daysOf(pick);
  days[days.indexOf(shownDay(pick)) + way]?.click();
}

function digit(node, key) {
  const of = group(node);
  if (of.matches(".pick")) return timeOf(of, key)?.focus();
  const input = stopsOf(of)[key - 1];
  input?.focus();
  input?.click();
}

function pressed(event) {
  const { key, target } = event, of = group(target);
  if (event.ctrlKey && key === "Enter") form.requestSubmit(form.querySelector("[formaction$='/book']"));
  else if (event.altKey && event.code === "KeyP") form.querySelector("[name=more]")?.click();
  else if (!of || event.ctrlKey || event.altKey || event.metaKey) return false;
  else if (/^[0-9]$/.test(key)) digit(target, key);
  else if (key.startsWith("Arrow")) moved(target, key)?.focus();
  else if (of.matches(".pick") && key.startsWith("Page")) otherDay(of, key === "PageDown" ? 1 : -1);
  else return false;
  return true;
}

form?.addEventListener("keydown", (event) => {
  if (!event.isComposing && pressed(event)) event.preventDefault();
});
form?.addEventListener("focusin", oneStopEach);
form?.addEventListener("taken", oneStopEach);
if (form) oneStopEach();

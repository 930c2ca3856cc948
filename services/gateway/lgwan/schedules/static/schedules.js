// The week's grid by keyboard and mouse, the count of places while a form is filled in, and the
// fields of a special day that its kind needs. Every page works without this file.

/** A grid whose chosen cells fill in the plain form below it. */
class Grid {
  constructor(table, form) {
    this.form = form;
    this.rows = [...table.tBodies[0].rows].map(row => [...row.cells].slice(1));
    this.from = [0, 0];
    this.to = [0, 0];
    table.setAttribute("role", "grid");
    table.setAttribute("aria-multiselectable", "true");
    this.each((cell, at) => {
      cell.tabIndex = -1;
      cell.dataset.at = at.join();
    });
    this.cell([0, 0]).tabIndex = 0;
    table.addEventListener("keydown", event => this.key(event));
    table.addEventListener("pointerdown", event => this.press(event));
    table.addEventListener("pointerover", event => this.drag(event));
    addEventListener("pointerup", () => this.drop());
    for (const help of form.querySelectorAll("[data-help]")) help.hidden = false;
  }

  each(act) {
    this.rows.forEach((row, y) => row.forEach((cell, x) => act(cell, [y, x])));
  }

  cell([y, x]) {
    return this.rows[y][x];
  }

  key(event) {
    const last = [this.rows.length - 1, this.rows[0].length - 1];
    const [y, x] = this.to;
    const moves = {
      ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1],
      Home: [y, 0], End: [y, last[1]], PageUp: [0, x], PageDown: [last[0], x],
    };
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in moves) {
      event.preventDefault();
      this.go(moves[event.key].map((n, i) => Math.min(Math.max(n, 0), last[i])), event.shiftKey);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose();
      this.form.querySelector("button").focus();
    }
  }

  go(to, extend) {
    this.cell(this.to).tabIndex = -1;
    this.to = to;
    if (!extend) this.from = to;
    this.cell(to).tabIndex = 0;
    this.cell(to).focus();
    this.choose();
  }

  press(event) {
    const at = event.target.closest("[data-at]")?.dataset.at.split(",").map(Number);
    if (!at || event.button) return;
    event.preventDefault();
    this.dragging = true;
    this.go(at, event.shiftKey);
  }

  drag(event) {
    const at = event.target.closest("[data-at]")?.dataset.at.split(",").map(Number);
    if (at && this.dragging) this.go(at, true);
  }

  drop() {
    this.dragging = false;
  }

  /** Mark the rectangle, and put it into the fields. */
  choose() {
    const [top, bottom] = [this.from[0], this.to[0]].sort((a, b) => a - b);
    const [left, right] = [this.from[1], this.to[1]].sort((a, b) => a - b);
    this.each((cell, [y, x]) => {
      const inside = y >= top && y <= bottom && x >= left && x <= right;
      cell.setAttribute("aria-selected", String(inside));
    });
    const { first, last, begin, end } = this.form.elements;
    first.selectedIndex = left;
    last.selectedIndex = right;
    begin.selectedIndex = top;
    end.selectedIndex = bottom;
    const text = field => field.selectedOptions[0].text;
    const days = left === right ? text(first) : `${text(first)}から${text(last)}まで`;
    this.form.querySelector("[data-told]").textContent =
      `${days}の${text(begin)}〜${text(end)}を選んでいます。`;
  }
}

/** Ask the door for the number of places a moment after the last change. */
function counting(form) {
  const shown = form.querySelector("[data-counted]");
  let waiting, asking;
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.dataset.count, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "text/plain" },
        signal: asking.signal,
        redirect: "error",
      });
      const kind = answer.headers.get("content-type") ?? "";
      if (kind.startsWith("text/plain")) shown.textContent = await answer.text();
    } catch (failure) {
      if (failure.name !== "AbortError") shown.textContent = "いまは計算できません";
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 500);
  });
}

/** Show what the chosen kind of a special day needs. */
function kinds(form) {
  const parts = [...form.querySelectorAll("[data-for]")];
  const show = () => {
    const kind = form.elements.kind.value;
    for (const part of parts) part.hidden = kind !== "" && !part.dataset.for.split(" ").includes(kind);
  };
  form.addEventListener("change", show);
  show();
}

const table = document.querySelector("[data-grid]");
const span = document.getElementById("span");
if (table && span) new Grid(table, span);
for (const form of document.querySelectorAll("[data-count]")) counting(form);
for (const form of document.querySelectorAll("form:has([data-for])")) kinds(form);

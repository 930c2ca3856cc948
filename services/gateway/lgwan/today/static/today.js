// The page of the day, live: takes in rows where they stand, and presses buttons without leaving
// the page. Without it every button is a form of its own.

const POLL = 15000, STALE = 40000, AGAIN = 30000, PAUSE = 250, FRESH = 700;
const board = document.getElementById("board");
const told = document.getElementById("told");
const field = document.getElementById("number");
const asOf = document.getElementById("as-of");
const parser = new DOMParser();
let etag = board.dataset.etag;
let heard = Date.now();
let waiting = null; // the newest rows, whose order is not on the screen yet
let asking = false, askAgain = false;
let source = null, over = false;
let sending = null; // what was pressed and is not answered yet

const list = () => document.getElementById("list");
const rowOf = (node) => node?.closest?.("#list tr[id]");
const rowsOf = (root) => [...root.querySelectorAll("tr[id]")];

// Whoever points at the list, or is in it with the keyboard, finds every row where it was.
function held() {
  const rows = list();
  return rows.matches(":hover") || rows.contains(document.activeElement);
}

function takeIn(root) {
  const anchor = list().querySelector("tr[id]:hover") ?? rowOf(document.activeElement);
  const top = anchor?.getBoundingClientRect().top;
  change(root);
  const after = anchor && document.getElementById(anchor.id);
  if (after) window.scrollBy(0, after.getBoundingClientRect().top - top);
}

function change(root) {
  for (const id of ["counts", "turns"]) {
    const now = document.getElementById(id), next = root.querySelector(`#${id}`);
    if (now.innerHTML !== next.innerHTML) now.innerHTML = next.innerHTML;
    now.dataset.at = next.dataset.at ?? "";
  }
  asOf.textContent = `${document.getElementById("turns").dataset.at}現在`;
  const there = rowsOf(list()), next = root.querySelector("#list");
  const coming = new Map(rowsOf(next).map((row) => [row.id, row]));
  const same = there.map((row) => row.id).join() === [...coming.keys()].join();
  if (!same && !held()) return rebuild(next);
  for (const row of there) {
    const after = coming.get(row.id);
    if (after) swap(row, after);
    else leave(row);
  }
  waiting = same ? null : root;
  const fresh = [...coming.keys()].filter((id) => !there.some((row) => row.id === id)).length;
  tellWaiting(fresh);
}

function swap(row, after) {
  if (row.outerHTML === after.outerHTML) return;
  const copy = document.importNode(after, true);
  if (plain(row) === copy.outerHTML) return;
  const active = document.activeElement;
  const inside = row.contains(active);
  const pointed = row.matches(":hover");
  const key = inside ? active.dataset.key : "";
  row.replaceWith(copy);
  if (row.classList.contains("marked")) copy.classList.add("marked");
  if (inside || pointed) copy.dataset.fresh = Date.now();
  if (inside) (key && copy.querySelector(`[data-key="${key}"]`) || copy).focus({ preventScroll: true });
}

// A row as it came, without what this page did to it.
function plain(row) {
  const copy = row.cloneNode(true);
  copy.classList.remove("marked");
  delete copy.dataset.fresh;
  for (const open of copy.querySelectorAll("details[open]")) open.removeAttribute("open");
  return copy.outerHTML;
}

function leave(row) {
  if (row.classList.contains("is-gone")) return;
  row.classList.add("is-gone");
  row.querySelector(".act").textContent = "この日の一覧から外れました";
}

function rebuild(next) {
  const mark = list().querySelector(".marked")?.id;
  list().replaceWith(document.importNode(next, true));
  if (mark) document.getElementById(mark)?.classList.add("marked");
  waiting = null;
  tellWaiting(0);
}

function tellWaiting(fresh) {
  const button = document.getElementById("sort");
  button.textContent = fresh ? `並べ替える（新しい予約 ${fresh}件）` : "並べ替える";
  button.hidden = !waiting;
}

function sortNow() {
  if (waiting) rebuild(waiting.querySelector("#list"));
}

async function refresh() {
  if (over) return;
  if (asking) { askAgain = true; return; }
  asking = true;
  try {
    const headers = { "If-None-Match": `"${etag}"` };
    const answer = await fetch(board.dataset.rows, { headers, cache: "no-store" });
    if (signedOut(answer)) return;
    if (over) return;
    if (answer.status === 200) {
      etag = (answer.headers.get("etag") ?? "").replace(/^W\//, "").replaceAll('"', "");
      takeIn(parser.parseFromString(await answer.text(), "text/html"));
    }
    if (answer.ok || answer.status === 304) heard = Date.now();
  } catch {
    // Away for a moment: the next round asks again, and the page says how old it is.
  } finally {
    asking = false;
  }
  if (over) return;
  tellAge();
  if (askAgain) { askAgain = false; setTimeout(refresh, PAUSE); }
}

function signedOut(answer) {
  if (!answer.redirected || new URL(answer.url).pathname !== "/login") return false;
  location.assign(`/login?${new URLSearchParams({ next: location.pathname + location.search, why: "ended" })}`);
  return true;
}

function tellAge() {
  const stale = Date.now() - heard > STALE;
  board.classList.toggle("is-stale", stale);
  asOf.classList.toggle("stale", stale);
  const at = document.getElementById("turns").dataset.at;
  asOf.textContent = stale ? `最終更新 ${at}（つながっていません）` : `${at}現在`;
}

function listen() {
  if (over) return;
  source = new EventSource(board.dataset.live);
  source.addEventListener("open", refresh);
  source.addEventListener("changed", refresh);
  source.addEventListener("ended", () => { source.close(); refresh(); setTimeout(listen, AGAIN); });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return;
    refresh();
    setTimeout(listen, AGAIN);
  });
}

// Forms of this page are sent in the background; the answer is the page as it stands then.
async function send(form, submitter) {
  const data = new URLSearchParams(new FormData(form));
  if (submitter?.name) data.append(submitter.name, submitter.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body: data });
    document.dispatchEvent(new Event("session-used"));
    if (signedOut(answer)) return;
    show(parser.parseFromString(await answer.text(), "text/html"), answer.redirected && answer.url);
  } catch {
    say("つながりませんでした。操作が済んだかどうかを行で確かめ、もう一度押してください。");
    refresh();
  }
}

function show(page, address) {
  const now = page.getElementById("board");
  if (!now) {
    if (address) history.pushState(null, "", address);
    if (address || page.querySelector("main form")) return leaveTo(page);
    say(page.querySelector("h1").textContent);
    return refresh();
  }
  told.replaceChildren(...document.importNode(page.getElementById("told"), true).childNodes);
  etag = now.dataset.etag;
  heard = Date.now();
  const answered = document.activeElement === field;
  takeIn(now);
  for (const row of document.querySelectorAll("#list .marked")) row.classList.remove("marked");
  const mark = document.getElementById(told.querySelector("[data-row]")?.dataset.row ?? "-");
  mark?.classList.add("marked");
  if (answered) mark?.scrollIntoView({ block: "nearest" });
}

// What was found by a search, or a choice where somebody else was faster: that page takes the place of this one.
function leaveTo(page) {
  over = true;
  source?.close();
  document.title = page.title;
  document.getElementById("main").replaceWith(document.importNode(page.getElementById("main"), true));
  document.querySelector("#main a.button, #main button")?.focus();
}

function say(text) {
  const line = document.createElement("p");
  line.className = "told told-bad";
  line.setAttribute("role", "alert");
  line.textContent = text;
  told.replaceChildren(line);
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "ticks" && event.target.id !== "scan") return;
  event.preventDefault();
  if (sending && document.activeElement.matches("tr")) return pressAfter(rowOf(event.submitter)?.id, event.submitter?.dataset.key);
  sending = send(event.target, event.submitter).finally(() => { sending = null; });
  if (event.target.id === "scan") field.value = "";
});

// A key that comes before the answer to the one before it is meant for the row as it is then.
async function pressAfter(id, key) {
  await sending;
  document.getElementById(id)?.querySelector(`[data-key="${key}"]`)?.click();
}

// What changed under the pointer a moment ago is not what was meant.
board.addEventListener("click", (event) => {
  const fresh = Number(rowOf(event.target)?.dataset.fresh ?? 0);
  if (!event.detail || Date.now() - fresh > FRESH || event.target.closest("th a")) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

const sortLater = () => setTimeout(() => { if (!held()) sortNow(); }, 0);
board.addEventListener("pointerout", sortLater);
board.addEventListener("focusout", sortLater);
document.getElementById("sort").addEventListener("click", sortNow);
window.addEventListener("popstate", () => location.reload());
setInterval(refresh, POLL);
listen();

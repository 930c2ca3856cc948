// The screen of a waiting room: asks for the newest calls, says each new one once, and tells when
// it has heard nothing for a while. What it shows stays until there is something newer.

const EVERY = 2000;
const PATIENCE = 15000;
const MARKED = 10000;

const board = document.getElementById("calls");
const at = document.getElementById("at");
const cut = document.getElementById("cut");
const say = document.getElementById("say");
const clock = new Intl.DateTimeFormat("ja-JP", {
  hour: "numeric", minute: "2-digit", timeZone: "Asia/Tokyo",
});

let tag = "";
let heard = cut.hidden ? Date.now() : 0;

function calls() {
  return [...board.querySelectorAll("[data-call]")];
}

function show(html) {
  const known = new Set(calls().map((call) => call.dataset.call));
  board.innerHTML = html;
  const fresh = calls().filter((call) => !known.has(call.dataset.call));
  for (const call of fresh) {
    call.classList.add("new");
    setTimeout(() => call.classList.remove("new"), MARKED);
  }
  if (fresh.length) say.textContent = fresh.map((call) => call.dataset.say).join(" ");
}

function time(moment) {
  const part = (type) => clock.formatToParts(moment).find((one) => one.type === type).value;
  return `${part("hour")}時${part("minute")}分`;
}

async function ask() {
  const reply = await fetch("/display/calls", {
    cache: "no-store",
    headers: tag ? { "If-None-Match": tag } : {},
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (reply.status === 403) {
    location.reload();
    return;
  }
  if (reply.status !== 304) {
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    show(await reply.text());
    tag = reply.headers.get("ETag") ?? "";
  }
  heard = Date.now();
  at.textContent = time(new Date(reply.headers.get("Date") ?? heard));
}

async function again() {
  try {
    await ask();
  } catch {
    // Tried again below; only a longer silence is told.
  }
  cut.hidden = Date.now() - heard < PATIENCE;
  setTimeout(again, EVERY);
}

setTimeout(again, EVERY);

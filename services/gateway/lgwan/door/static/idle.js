// Two minutes before a session ends by itself, a line above the page says so. A button keeps it open;
// nothing that was typed is touched. Pages of one browser share a session, so they tell each other.

const LAST = 2 * 60000, LONGEST = 2 ** 31 - 1;
const line = document.getElementById("idle");
const others = new BroadcastChannel("staff-session");
let timer = 0;

function used() {
  clearTimeout(timer);
  line.replaceChildren();
  const after = Math.max(line.dataset.minutes * 60000 - LAST, LAST / 4);
  timer = setTimeout(warn, Math.min(after, LONGEST));
}

function warn() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "サインインしたままにする";
  button.addEventListener("click", keep);
  line.replaceChildren("操作がないため、あと2分ほどでサインアウトします。入力したものはこのままです。", button);
}

async function keep() {
  const answer = await fetch("/session", { cache: "no-store" }).catch(() => null);
  if (answer?.status === 204) announce();
  else line.replaceChildren("サインアウトしました。このまま保存すると、サインインの後に続きから始められます。");
}

function announce() {
  used();
  others.postMessage("used");
}

others.addEventListener("message", used);
document.addEventListener("session-used", announce);
announce();

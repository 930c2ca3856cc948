// Shows what citizens will see while one types: asks the door for the part of the page, a moment
// after the last key. Without this script the button 「プレビュー」 does the same.

const PAUSE = 400;
const form = document.querySelector("form[data-preview]");
const part = document.getElementById("preview");
const state = document.getElementById("preview-state");
let timer;
let asked = 0;

// What was folded or unfolded by hand stays so.
function replace(html) {
  const open = new Set([...part.querySelectorAll("details[open][id]")].map((one) => one.id));
  part.innerHTML = html;
  for (const one of part.querySelectorAll("details[id]")) one.open = open.has(one.id);
}

async function renew() {
  const mine = ++asked;
  part.parentElement.setAttribute("aria-busy", "true");
  let words = state.dataset.stale;
  try {
    const answer = await fetch(form.dataset.preview, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "x-part": "preview" },
    });
    const html = await answer.text();
    if (mine !== asked) return;
    if (answer.ok && answer.headers.get("x-part") === "preview") {
      replace(html);
      words = state.dataset.fresh;
    }
  } catch {
    if (mine !== asked) return;
  }
  part.parentElement.removeAttribute("aria-busy");
  state.textContent = words;
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(renew, PAUSE);
});

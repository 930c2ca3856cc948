// A booking for others without leaving the field one types in: what is pressed is sent in the
// background, and of the answer only the parts that the server decides are taken over. Whatever
// cannot be done so is done by the browser's own way of sending the form.

const form = document.querySelector("form[data-live]");
const PARTS = ["told", "what", "when", "held", "in-short"];
const TICKED = ["checkbox", "radio"];
const IN_TIME = 4 * 60 * 1000;
let turn = Promise.resolve();
let sentAt = Date.now();
let typed = false;
let plain = false;
let waiting = 0;

const there = (id) => id ? document.getElementById(id) : null;

// What somebody typed or chose in a part since it was sent.
function changed(part, sent) {
  return [...part.querySelectorAll("input[id], select[id]")].filter((field) =>
    TICKED.includes(field.type)
      ? field.checked !== sent.getAll(field.name).includes(field.value)
      : field.value !== sent.get(field.name),
  );
}

function replace(id, page, sent) {
  const next = page.getElementById(id);
  const old = document.getElementById(id);
  const newer = changed(old, sent);
  old.className = next.className;
  old.replaceChildren(...next.childNodes);
  for (const { id: name, value, checked } of newer) {
    const field = document.getElementById(name);
    if (field) Object.assign(field, TICKED.includes(field.type) ? { checked } : { value });
  }
}

function take(page, sent) {
  const next = page.querySelector("form[data-live]");
  if (!next) return false;
  const before = document.activeElement;
  const inTimes = before?.closest("#when");
  for (const name of ["csrf", "key"]) form.elements[name].value = next.elements[name].value;
  // The person's fields stay as they are, but for what was refused and is dropped.
  const mistyped = page.querySelector("#who [aria-invalid]") !== null;
  for (const id of mistyped ? [...PARTS, "who"] : PARTS) replace(id, page, sent);
  for (const said of page.querySelectorAll("output")) there(said.id)?.replaceChildren(said.textContent);
  document.title = page.title;
  form.dispatchEvent(new Event("taken"));
  goOn(before, inTimes, page.querySelector("[autofocus][id]")?.id);
  return true;
}

// The keyboard stays where it is; from a time that was taken it goes to the field that is still missing.
function goOn(before, inTimes, next) {
  const field = inTimes && there(next) || there(before?.id);
  if (field) field.focus();
  else if (inTimes) (document.querySelector("#when [tabindex='0']") ?? document.getElementById("when")).focus();
}

async function send(button) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.set(button.name, button.value);
  const action = button?.getAttribute("formaction") ?? form.getAttribute("action");
  const answer = await fetch(action, { method: "POST", body });
  document.dispatchEvent(new Event("session-used"));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  sentAt = Date.now();
  typed = false;
  return take(page, body);
}

function live(button) {
  waiting += 1;
  form.setAttribute("aria-busy", "true");
  turn = turn.then(async () => {
    const done = await send(button).catch(() => false);
    waiting -= 1;
    if (!waiting) form.removeAttribute("aria-busy");
    if (done || !button) return;
    plain = true;
    setTimeout(() => form.requestSubmit(button));
  });
}

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  const leads = button?.getAttribute("formaction")?.endsWith("/book");
  if (plain || !button || leads || "whole" in button.dataset) return;
  event.preventDefault();
  live(button);
});
form?.addEventListener("change", (event) => {
  if (/^(office|arrangement|(p\d-)?(procedure|visitor|born))$/.test(event.target.name)) live(null);
});
form?.addEventListener("input", () => {
  typed = true;
});

// Who types for long has the time held on to.
setInterval(() => {
  if (typed && form?.elements.held && Date.now() - sentAt > IN_TIME) live(null);
}, 30000);

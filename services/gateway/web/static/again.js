// A locked form: solves its puzzle (libs/common/work.py) in small steps, so that the page stays
// alive, and sends the form with the answer. Without this script the page offers the telephone.

const K = [];
const START = [];
for (let n = 2; K.length < 64; n++) {
  if (K.length > 0 && [...Array(n).keys()].slice(2).some((d) => n % d === 0)) continue;
  if (START.length < 8) START.push((Math.sqrt(n) * 2 ** 32) | 0);
  K.push((Math.cbrt(n) * 2 ** 32) | 0);
}
const W = new Int32Array(64);
const turn = (x, by) => (x >>> by) | (x << (32 - by));

// The first word of the SHA-256 of W[0…15], one padded block.
function firstWord() {
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15];
    const y = W[i - 2];
    const more = (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    W[i] = (W[i - 16] + W[i - 7] + more) | 0;
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let i = 0; i < 64; i++) {
    const one =
      (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  return (a + START[0]) >>> 0;
}

// Writes text and padding from the character `at` on, which begins a word.
function fill(text, at) {
  W.fill(0, at >> 2, 15);
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0x80;
    W[(at + i) >> 2] |= code << (24 - 8 * (i & 3));
  }
  W[15] = 8 * (at + text.length);
}

// Lets the page do what waits; timers would be slowed down in a tab that is not looked at.
const breath = () =>
  new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => go(port1.close());
    port2.postMessage(0);
  });

async function solve(challenge, tell) {
  const [parts, bits, , , seal] = challenge.split(".");
  const numbers = [];
  fill(seal, 0);
  for (let number = 0, until = performance.now() + 30; numbers.length < parts; number++) {
    fill(`.${numbers.length}.${number}`, seal.length);
    if (firstWord() >>> (32 - bits) === 0) {
      numbers.push(number);
      number = -1;
      tell(numbers.length / parts);
    }
    if (number % 256 === 255 && performance.now() > until) {
      await breath();
      until = performance.now() + 30;
    }
  }
  return `${challenge}~${numbers.join("-")}`;
}

for (const field of document.querySelectorAll("input[data-challenge]")) {
  const { form } = field;
  const status = form.querySelector("[role=status]");
  let busy = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    const { working, sending } = status.dataset;
    const tell = (done) => {
      const words = working.replace("{}", 1 + Math.floor(Math.min(done, 0.99) * 4));
      if (words !== status.textContent) status.textContent = words;
    };
    tell(0);
    field.value = await solve(field.dataset.challenge, tell);
    status.textContent = sending;
    form.submit();
  });

  // Back from the next page: as if nothing had been sent.
  addEventListener("pageshow", () => {
    busy = false;
    field.value = status.textContent = "";
  });
}

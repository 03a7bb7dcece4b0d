// "Boss replied 3 s ago": said while she may be about to say it again.

const SOON = 30, EVERY = 1000;
let timer;

const notice = () => document.getElementById("replied");

/** The newest message of a colleague on the page, and how many seconds ago it was by the server's clock. */
function newest(thread) {
  const line = notice();
  line.skew ??= Date.parse(line.dataset.now) - performance.timeOrigin - performance.now();
  const all = thread.querySelectorAll('.messages > [data-by="person"][data-seq]');
  const said = all[all.length - 1];
  if (!said || said.dataset.speaker === line.dataset.me) return null;
  const now = performance.timeOrigin + performance.now() + line.skew;
  return { name: said.dataset.speaker.replace(/^person /, ""), ago: Math.max(0, Math.round((now - Date.parse(said.dataset.at)) / 1000)) };
}

export function look() {
  clearInterval(timer);
  const thread = document.getElementById("thread");
  if (!thread || !notice()) return;
  const draw = () => {
    const line = notice();
    const said = line && newest(thread);
    const isSoon = Boolean(said) && said.ago < SOON;
    if (line) line.hidden = !isSoon;
    if (!isSoon) return clearInterval(timer);
    const words = line.dataset.words.replace("NAME", said.name);
    line.querySelector("[aria-hidden]").textContent = words.replace("SECONDS", said.ago);
    const [spoken, once] = [line.querySelector("[role]"), line.dataset.once.replace("NAME", said.name)];
    if (spoken.textContent !== once) spoken.textContent = once; // read aloud once, not every second
  };
  timer = setInterval(draw, EVERY);
  draw();
}

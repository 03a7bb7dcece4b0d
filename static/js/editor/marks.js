// The buttons above the text: each puts the marks of Markdown around or before what is chosen.

const AROUND = { bold: "**", italic: "*", code: "`" };
const BEFORE = { heading: () => "## ", list: () => "- ", steps: (number) => `${number + 1}. `, quote: () => "> " };
const KEYS = { b: "bold", i: "italic", k: "link" };

export function marks(editor) {
  const text = editor.querySelector("textarea");
  const tools = editor.querySelector("[role=toolbar]");
  if (!tools || text.matches(":disabled")) return;
  tools.hidden = false;
  const buttons = [...tools.querySelectorAll("button")];
  buttons.forEach((button, number) => (button.tabIndex = number ? -1 : 0));

  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-marks]");
    if (button) put(text, button.dataset.marks);
  });
  // One stop for the Tab key; the arrows go from button to button.
  tools.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const here = buttons.indexOf(document.activeElement);
    const next = buttons[(here + step + buttons.length) % buttons.length];
    buttons.forEach((button) => (button.tabIndex = button === next ? 0 : -1));
    next.focus();
  });
  text.addEventListener("keydown", (event) => {
    const mark = (event.ctrlKey || event.metaKey) && !event.altKey && KEYS[event.key];
    if (!mark) return;
    event.preventDefault();
    put(text, mark);
  });
}

function put(text, mark) {
  const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
  if (mark in AROUND) {
    around(text, AROUND[mark], chosen);
  } else if (mark === "link") {
    const is_address = /^https?:\/\/\S+$/.test(chosen);
    insert(text, is_address ? `[](${chosen})` : `[${chosen}](https://)`);
    const end = text.selectionEnd;
    if (is_address) text.setSelectionRange(end - chosen.length - 3, end - chosen.length - 3);
    else text.setSelectionRange(end - 1, end - 1);
  } else {
    const start = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
    text.setSelectionRange(start, Math.max(start, text.selectionEnd));
    const lines = text.value.slice(start, text.selectionEnd).split("\n");
    insert(text, lines.map((line, number) => BEFORE[mark](number) + line).join("\n"));
  }
}

function around(text, mark, chosen) {
  insert(text, mark + chosen + mark);
  if (!chosen) text.setSelectionRange(text.selectionEnd - mark.length, text.selectionEnd - mark.length);
}

/** Type for her: what the keyboard could have written can be undone like it. */
export function insert(text, words) {
  text.focus();
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

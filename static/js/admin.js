// What Django's admin leaves without a name is named, and what scrolls sideways can be scrolled by keyboard.

/** A cell is named by its column, half a date by its own word too. */
function name(field) {
  const part = field.closest(".datetime") ? field.previousSibling?.textContent.trim().replace(/:$/, "") : "";
  const cell = field.closest(".tabular td");
  const whole = cell ? cell.closest("table").tHead.rows[0].cells[cell.cellIndex] : field.closest(".form-row")?.querySelector("label");
  field.setAttribute("aria-label", [whole?.textContent.trim().replace(/:$/, ""), part].filter(Boolean).join(", "));
}

const scrolls = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

// Once Django's own scripts have drawn their boxes, at this same event.
addEventListener("load", () => {
  for (const field of document.querySelectorAll(":is(.tabular td, .datetime) :is(input, select, textarea):not([type='hidden'], [aria-label])")) name(field);
  for (const hint of document.querySelectorAll(".help-tooltip[aria-label]")) hint.role = "img";
  for (const box of document.querySelectorAll(".tabular .module")) scrolls.observe(box);
});

// Whoever leaves with words that are not kept is asked first.

export function guard(sheet) {
  let is_kept = !("unsaved" in sheet.dataset);
  sheet.addEventListener("input", () => (is_kept = false));
  sheet.addEventListener("submit", ({ submitter }) => {
    if (submitter?.formTarget !== "_blank") is_kept = true;
  });
  addEventListener("beforeunload", (event) => {
    if (!is_kept) event.preventDefault();
  });
}

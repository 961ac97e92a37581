// Where the focus goes when a form is saved or refused in place. Everything works without this file.
(() => {
  "use strict";

  const inRow = (node) => node && node.closest && node.closest(".criterion");

  // A row that follows from what was saved elsewhere keeps what is being typed in it
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const before = event.detail.target;
    if (!before || !before.matches(".criterion")) return;
    const after = event.detail.fragment.querySelector(".criterion");
    if (!after) return;
    const was = before.querySelector(":scope > details");
    const is = after.querySelector(":scope > details");
    if (!was || !is || !was.open) return;
    is.open = true;
    const typed = was.querySelector(":scope > .entry");
    const empty = is.querySelector(":scope > .entry");
    if (typed && empty) empty.replaceWith(typed);
  });

  let saved = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    const there = event.detail.xhr.getResponseHeader("HX-Retarget");
    saved = there && event.detail.xhr.status === 200 ? there.slice(1) : "";
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (saved) {
      const row = document.getElementById(saved);
      saved = "";
      const heading = row && row.querySelector(":scope > details > summary");
      if (!heading) return;
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "nearest" });
      return;
    }
    const summary = inRow(event.detail.elt) && event.detail.elt.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  });

  // Escape closes the form that is typed in, then the row; what was typed stays in it
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const row = inRow(event.target);
    const around = row && event.target.closest("details[open]");
    if (!around || !row.contains(around)) return;
    around.open = false;
    around.querySelector(":scope > summary").focus();
  });

  // After a page load at a row that was saved, or at a link to a row, the row is read first
  addEventListener("DOMContentLoaded", () => {
    const row = location.hash && inRow(document.getElementById(decodeURIComponent(location.hash.slice(1))));
    const details = row && row.querySelector(":scope > details");
    if (!details) return;
    details.open = true;
    details.querySelector("summary").focus({ preventScroll: true });
    row.scrollIntoView({ block: "start" });
  });
})();

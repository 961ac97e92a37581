// Comfort only: the worklist works without this file, except that it is not brought up to date by itself.
(() => {
  "use strict";

  const picks = () => [...document.querySelectorAll("[data-pick]")];
  const all = () => document.querySelector("[data-pick-all]");
  const isOurs = (event) => event.detail.target && event.detail.target.id === "worklist";
  const byItself = (event) => event.detail.elt.id === "by-itself";

  // Choosing rows
  const tell = () => {
    const every = picks();
    const chosen = every.filter((one) => one.checked).length;
    const box = all();
    if (box) {
      box.hidden = !every.length;
      box.checked = chosen > 0 && chosen === every.length;
      box.indeterminate = chosen > 0 && chosen < every.length;
    }
    document.querySelector("[data-picked]").textContent = `${chosen} chosen:`;
    document.getElementById("give").classList.toggle("has-chosen", chosen > 0);
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) for (const one of picks()) one.checked = event.target.checked;
    if (event.target.matches("[data-pick], [data-pick-all]")) tell();
  });

  // A list that comes anew keeps what was chosen, and the place at which somebody was reading
  let before = null;
  const placeOf = (element) => {
    const row = element && element.closest && element.closest("#worklist tbody tr");
    return row ? [...row.parentElement.children].indexOf(row) : -1;
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isOurs(event)) return;
    before = {
      chosen: new Set(picks().filter((one) => one.checked).map((one) => one.value)),
      row: placeOf(document.activeElement),
      top: scrollY,
      stays: byItself({ detail: { elt: event.detail.requestConfig.elt } }),
    };
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!before || !event.detail.target || !document.getElementById("worklist")) return;
    for (const one of picks()) one.checked = before.chosen.has(one.value);
    tell();
    if (before.stays) {
      const lost = document.activeElement === document.body || document.activeElement === null;
      const rows = document.querySelectorAll("#worklist [data-row]");
      if (lost && before.row >= 0 && rows.length) rows[Math.min(before.row, rows.length - 1)].focus({ preventScroll: true });
      scrollTo({ top: before.top });
    }
    before = null;
  });

  // Asking for it: not while nobody looks, and when it cannot be had, that is said
  document.addEventListener("htmx:beforeRequest", (event) => {
    const keys = document.getElementById("keys");
    if (byItself(event) && (document.hidden || keys.open)) event.preventDefault();
  });
  const stale = document.getElementById("stale");
  let asOf = new Date();
  const time = () => asOf.toLocaleTimeString("en-CA", { hour: "2-digit", minute: "2-digit", hour12: false });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!byItself(event)) return;
    if (event.detail.successful) asOf = new Date();
    const said = event.detail.successful ? "" : `This list is of ${time()}: it cannot be brought up to date now.`;
    if (stale.textContent !== said) stale.textContent = said;
  });

  tell();
})();

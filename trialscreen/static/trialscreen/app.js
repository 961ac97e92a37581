// Comfort only: everything on the pages works without this file.
(() => {
  "use strict";

  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const store = {
    get(key) {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        // Not kept; it still holds for this page.
      }
    },
  };

  // Light and dark
  const isDark = () =>
    (root.dataset.bsTheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  for (const button of all("[data-theme-switch]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.bsTheme = isDark() ? "light" : "dark";
      store.set("theme", root.dataset.bsTheme);
    });
  }

  // Printing opens every row, so that paper hides nothing
  let closedBeforePrint = [];
  addEventListener("beforeprint", () => {
    closedBeforePrint = all("main details:not([open]):not(.ask-again)");
    for (const one of closedBeforePrint) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closedBeforePrint) one.open = false;
  });
  // Every sheet of paper says whose it is
  const label = document.querySelector("[data-print-label]");
  if (label && "adoptedStyleSheets" in document) {
    const sheet = new CSSStyleSheet({ media: "print" });
    sheet.replaceSync(`@page { @bottom-left { content: ${JSON.stringify(label.dataset.printLabel)}; font: 8pt sans-serif; } }`);
    document.adoptedStyleSheets.push(sheet);
  }
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // A link to a criterion opens it
  const openTarget = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const row = id && document.getElementById(id);
    const details = row && (row.matches("details") ? row : row.querySelector(":scope > details"));
    if (!details) return;
    const everything = document.getElementById("show-all");
    if (everything) everything.checked = true;
    details.open = true;
    details.querySelector("summary").focus({ preventScroll: true });
    row.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", openTarget);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) openTarget();
  });

  // A file dropped on the question is the file chosen
  const zoneOf = (event) => event.target.closest && event.target.closest("[data-drop]");
  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    if (!zone || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone || !event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("dropping");
    const input = zone.querySelector('input[type="file"]');
    input.files = event.dataTransfer.files;
    input.focus();
  });

  // After an answer arrived in place, reading goes on at its heading
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.detail.target || event.detail.target.id !== "evaluation") return;
    const heading = document.getElementById("result-heading");
    if (!heading) return;
    document.title = `${heading.textContent.trim()} · trialscreen`;
    heading.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  });
  // A refusal before our pages (too large, open for too long) is a page of its own
  document.addEventListener("htmx:responseError", (event) => {
    const form = event.detail.elt.closest("form");
    if (form) HTMLFormElement.prototype.submit.call(form);
  });

  // Keys
  const keys = document.getElementById("keys");
  const off = keys.querySelector("[data-keys-off]");
  // Kept for each person: two who share a computer need not agree.
  const choice = `keys${keys.dataset.person && `-${keys.dataset.person}`}`;
  off.checked = store.get(choice) === "off";
  off.addEventListener("change", () => store.set(choice, off.checked ? "off" : "on"));
  for (const button of all("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => keys.showModal());
  }
  const step = (by) => {
    const rows = all(".criterion > details > summary, [data-row]").filter((one) => one.offsetParent !== null);
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const toText = () => {
    const field = document.querySelector("#id_bundle, main [data-search]") || document.querySelector("[data-search]");
    if (!field) return;
    const around = field.closest("details");
    if (around) around.open = true;
    field.focus();
  };
  const actions = {
    "/": toText,
    "?": () => keys.showModal(),
    j: () => step(1),
    k: () => step(-1),
  };
  // g, then within a second the letter of a page
  let going = 0;
  const goes = (event) => {
    const asked = Date.now() - going < 1000;
    going = event.key === "g" ? Date.now() : 0;
    const link = asked && /^[a-z]$/.test(event.key) && document.querySelector(`[data-go="${event.key}"]`);
    if (link) link.click();
    return Boolean(link);
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    if (typing || modified || off.checked || keys.open) return;
    if (goes(event) || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  });
})();

// Warns before a session ends, and lets somebody sign in again without losing what was typed on the page.
(() => {
  "use strict";

  const dialog = document.querySelector("[data-session]");
  if (!dialog) return;
  const WARN = 120;
  const { session: address, account } = dialog.dataset;
  const part = (name) => dialog.querySelector(`[data-session-${name}]`);
  let ends = Date.now() + Number(dialog.dataset.seconds) * 1000;
  const left = () => Math.round((ends - Date.now()) / 1000);

  const show = (state) => {
    for (const name of ["warning", "over", "other"]) part(name).hidden = name !== state;
    document.body.classList.toggle("session-over", state !== "warning" && state !== "");
    if (state && !dialog.open) dialog.showModal();
    if (!state && dialog.open) dialog.close();
  };
  const ask = async (method) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    const headers = { Accept: "application/json" };
    if (method === "POST") headers["X-CSRFToken"] = token ? token.value : "";
    else headers["X-By-Itself"] = "1";
    const answer = await fetch(address, { method, headers, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const take = (told) => {
    if (told.account === null) return show("over");
    if (String(told.account) !== account) return show("other");
    // The forms of this page hold a token of the session before.
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = told.token;
    ends = Date.now() + told.seconds * 1000;
    show(told.seconds <= WARN ? "warning" : "");
  };
  const look = (method) => ask(method).then(take, () => {});

  const tick = () => {
    if (part("left")) part("left").textContent = String(Math.max(0, left()));
    if (left() <= 0 ? part("over").hidden && part("other").hidden : left() <= WARN && !dialog.open) look("GET");
  };
  setInterval(tick, 1000);

  // Every answer to htmx has made the session last again.
  document.addEventListener("htmx:afterRequest", (event) => {
    const asked = event.detail.requestConfig;
    const itself = asked && asked.headers && asked.headers["X-By-Itself"];
    if (!itself && event.detail.successful) ends = Date.now() + Number(dialog.dataset.whole) * 1000;
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && (dialog.open || left() <= WARN)) look("GET");
  });
  addEventListener("focus", () => {
    if (dialog.open) look("GET");
  });
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  part("stay").addEventListener("click", () => look("POST"));
  part("back").addEventListener("click", () => look("GET"));
  part("reload").addEventListener("click", () => location.reload());
})();

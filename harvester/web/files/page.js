"use strict";
// Refreshes what is under way, moves by keyboard, and copies. Every page works without it.

const SOON = 2000, LATER = 10000, SELDOM = 60000;  // milliseconds between two requests
const STALE = 20;  // requests since the last sign of a person, after which they become rare

// ---- what is under way: an element with data-poll is fetched again while it holds one with data-running

let requests = 0;
for (const sign of ["keydown", "pointerdown", "visibilitychange"]) {
  document.addEventListener(sign, () => { requests = 0; });
}

function pause(element) {
  if (requests > STALE) return SELDOM;
  return element.querySelector("[data-running]") ? SOON : LATER;
}

async function refresh(element) {
  if (!document.hidden) {
    requests += 1;
    try {
      const answer = await fetch(element.dataset.poll, { credentials: "same-origin", redirect: "error" });
      if (answer.ok) show(element, await answer.text());
    } catch (error) {
      // The server is away for a moment; the next request may find it again.
    }
  }
  setTimeout(refresh, pause(element), element);
}

function show(element, html) {
  const focused = element.contains(document.activeElement) && document.activeElement.getAttribute("href");
  if (element.innerHTML === html) return;
  element.innerHTML = html;
  if (focused) element.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  const said = element.querySelector("[data-says]")?.dataset.says ?? "";
  const status = document.getElementById("status");
  if (status && status.textContent !== said) status.textContent = said;
}

for (const element of document.querySelectorAll("[data-poll]")) {
  setTimeout(refresh, pause(element), element);
}

// ---- keyboard: / search, g and a letter opens a page, j and k move by rows, ? opens the help

const OFF = "harvester-no-shortcuts";
let afterG = false;

function move(by) {
  const rows = [...document.querySelectorAll("main tbody th a, main [data-row] a")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, at + by))].focus();
}

const KEYS = {
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.querySelector("[data-help]")?.click(),
  j: () => move(1),
  k: () => move(-1),
  Escape: () => document.activeElement.blur(),
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
  if (field && event.key !== "Escape") return;
  const go = afterG && document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  afterG = event.key === "g";
  const act = go ? () => go.click() : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const box = document.querySelector("[data-shortcuts]");
if (box) {
  box.closest("[hidden]").hidden = false;
  box.checked = !localStorage.getItem(OFF);
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}

// ---- copy: a button with data-copy copies the text of the element with that id

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = button.dataset.copied;
  } catch (error) {  // not allowed over plain http: the text is selected instead, for Ctrl-C
    getSelection().selectAllChildren(source);
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

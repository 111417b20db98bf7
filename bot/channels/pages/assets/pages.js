// What makes the pages handier where scripts run. Every page does all it can do without this file.
"use strict";

// A box that shows only the choices with certain words. What is ticked is always shown.
function filterChoices(box) {
  const choices = [...document.getElementById(box.dataset.filters).children];
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const choice of choices) {
    const text = choice.textContent.toLowerCase();
    choice.hidden = !choice.querySelector(":checked") && !words.every((word) => text.includes(word));
  }
  const shown = choices.filter((choice) => !choice.hidden).length;
  box.parentElement.querySelector("[role=status]").textContent = `${shown} of ${choices.length} are shown.`;
}

for (const box of document.querySelectorAll("[data-filters]")) {
  box.parentElement.hidden = false;
  box.addEventListener("input", () => filterChoices(box));
  // Enter in a box that belongs to no form would do nothing; in a form it would press the first button.
  box.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

// A part of the page that says how far something is: it is shown again every few seconds, until it is over.
const SECONDS_BETWEEN = 3;

async function showAgain(part) {
  try {
    const response = await fetch(part.dataset.refresh, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = response.ok && page.getElementById(part.id);
    if (!fresh) return; // signed out, for example: the link in the part says so
    showInPlace(part, fresh);
    part = fresh;
  } catch {
    // The network is away for a moment: what is shown stays, and is asked for again.
  }
  showLater(part);
}

function showInPlace(part, fresh) {
  const hasFocus = part.contains(document.activeElement);
  part.replaceWith(fresh);
  const link = fresh.querySelector("a, button");
  if (hasFocus && link) link.focus();
}

function showLater(part) {
  if (part.dataset.refresh) setTimeout(showAgain, SECONDS_BETWEEN * 1000, part);
}

for (const part of document.querySelectorAll("[data-refresh]")) showLater(part);

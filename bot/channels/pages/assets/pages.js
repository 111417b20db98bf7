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

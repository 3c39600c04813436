// Steps in several languages, <div class="tabbed"> around a list: one language is shown at a time, the same one everywhere, or all
// side by side. Without scripts they stand one below the other. SPDX-License-Identifier: GPL-3.0-or-later
(function () {
  const all = "side by side";
  const key = "sipas-language";
  // Doxygen closes and opens the division around a list more often than the page does; those without one are no steps.
  const steps = [...document.querySelectorAll(".tabbed")].map((step) => ({
    step,
    items: [...step.querySelectorAll(":scope > ul > li")].map((item) => ({
      item,
      name: item.querySelector(".tab-title").textContent,
    })),
  })).filter(({ items }) => items.length > 0);
  if (steps.length === 0) return;
  const choices = steps[0].items.map(({ name }) => name).concat(all);

  function show(choice) {
    document.documentElement.classList.toggle("side-by-side", choice === all);
    for (const { step, items } of steps) {
      for (const { item, name } of items) item.hidden = choice !== all && choice !== name;
      for (const button of step.querySelectorAll(":scope > .choice > button")) {
        button.setAttribute("aria-pressed", button.textContent === choice);
      }
    }
  }

  function choose(event) {
    const before = event.target.getBoundingClientRect().top;
    try { localStorage.setItem(key, event.target.textContent); } catch (e) { /* then it is not remembered */ }
    show(event.target.textContent);
    // What is above has another height now; the step that was clicked stays where it was.
    const page = document.getElementById("doc-content") || document.scrollingElement;
    page.scrollTop += event.target.getBoundingClientRect().top - before;
  }

  for (const { step } of steps) {
    const bar = document.createElement("div");
    bar.className = "choice";
    for (const name of choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", choose);
      bar.append(button);
    }
    step.prepend(bar);
    step.classList.add("chosen");
  }
  let last = null;
  try { last = localStorage.getItem(key); } catch (e) { /* not remembered */ }
  show(choices.includes(last) ? last : choices[0]);
})();

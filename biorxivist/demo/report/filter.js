"use strict";
// Without this script every claim is visible and the menus are not; with it, the undecided groups start closed.
(function () {
  const form = document.getElementById("filter");
  const status = document.getElementById("count");
  const claims = Array.from(document.querySelectorAll("details.claim"));
  const groups = Array.from(document.querySelectorAll("details.group"));
  const menus = Array.from(form.querySelectorAll("select"));

  function apply() {
    const wanted = menus.filter((menu) => menu.value);
    let count = 0;
    for (const claim of claims) {
      claim.hidden = !wanted.every((menu) => claim.dataset[menu.name] === menu.value);
      count += claim.hidden ? 0 : 1;
    }
    for (const group of groups) {
      const visible = group.querySelectorAll("details.claim:not([hidden])").length;
      group.hidden = visible === 0;
      group.open = wanted.length ? visible > 0 : group.dataset.group === "decided";
      group.querySelector("summary b").textContent = visible;
    }
    status.textContent = count + " of " + claims.length + " claims shown.";
  }

  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The menus are reset only after this event, so their new values can be read a moment later.
  form.addEventListener("reset", () => setTimeout(apply, 0));
  // A printed page has no menus to open groups with.
  window.addEventListener("beforeprint", () => groups.forEach((group) => { group.open = true; }));
  form.hidden = false;
  apply();
})();

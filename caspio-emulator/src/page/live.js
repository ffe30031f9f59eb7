const box = document.getElementById("live");
box.parentElement.hidden = false;
box.checked = sessionStorage.getItem("live") === "yes";
box.addEventListener("change", () => sessionStorage.setItem("live", box.checked ? "yes" : "no"));

// What was typed or selected, and what is open, would be lost.
let typed = false;
addEventListener("input", (event) => { typed ||= event.target !== box; });
const isInUse = () => typed
  || document.querySelector("details[open]") !== null
  || document.activeElement?.matches("input:not(#live), select, textarea")
  || !getSelection().isCollapsed;
setInterval(() => { if (box.checked && !isInUse()) location.reload(); }, 3000);

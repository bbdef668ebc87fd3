// The console's side menu on narrow screens. Without script it simply stays open.
const toggle = document.querySelector(".mo-side-toggle");
const side = document.querySelector(".mo-side");

const show = (open) => {
  side.classList.toggle("is-open", open);
  toggle.setAttribute("aria-expanded", String(open));
};

toggle?.addEventListener("click", () => show(!side.classList.contains("is-open")));
side?.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && side.classList.contains("is-open")) {
    show(false);
    toggle.focus();
  }
});

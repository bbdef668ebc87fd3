// A form is sent once: the second click of an impatient hand does nothing (the server refuses doubles anyway).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // After the browser has collected the values (the pressed button's included).
  setTimeout(() => event.submitter?.setAttribute("aria-disabled", "true"));
});

// Back in history the page is restored as it was: let it be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  }
});

// After a refused form the summary takes the focus, so that everybody starts from what is wrong.
document.querySelector("[data-focus]:not([data-sample] *)")?.focus();

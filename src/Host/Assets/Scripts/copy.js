// <button data-copy="value"> copies the value, says so to everybody, and gives its label back after a moment.
const say = (text) => {
  const region = document.getElementById("annonces");
  if (region) region.textContent = text;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("is-copied");
    say("Copié");
    setTimeout(() => button.classList.remove("is-copied"), 2000);
  } catch {
    say("La copie a échoué : sélectionnez la valeur et copiez-la au clavier.");
  }
});

// The list of dossiers. Everything works without this script; with it, chips show only the values of their operator, pages are ticked at once, cards are dragged.
const sync = (form) => {
  const operator = form.querySelector("select[name=op]").value;
  for (const part of form.querySelectorAll("[data-for]")) {
    const shown = part.dataset.for.split(" ").includes(operator);
    part.hidden = !shown;
    for (const control of part.querySelectorAll("input")) control.disabled = !shown;
  }
};

const prepare = (root) => {
  for (const form of root.querySelectorAll("form[data-chip]")) sync(form);
};

const told = (form) => {
  const count = form.querySelectorAll("input[name=ids]:checked").length;
  const place = form.querySelector("[data-checked]");
  if (place) place.textContent = count === 0 ? "" : `${count} ${count > 1 ? "cochés" : "coché"}`;
};

document.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (event.target.matches("form[data-chip] select[name=op]")) sync(form);
  if (event.target.matches("[data-check-all]")) {
    for (const box of form.querySelectorAll("input[name=ids]")) box.checked = event.target.checked;
    told(form);
  }
  if (event.target.matches("input[name=ids]")) told(form);
});

document.addEventListener("click", (event) => {
  const up = event.target.closest("[data-up]");
  if (!up) return;
  const row = up.closest(".mo-column");
  row.previousElementSibling?.matches(".mo-column") && row.previousElementSibling.before(row);
  up.focus();
});

// « / » goes to the search, unless something is being typed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const search = document.querySelector("[data-slash]");
  if (!search) return;
  event.preventDefault();
  search.focus();
});

// A card may be dropped only on the columns that its procedure leads to; dropping opens the task that decides.
let moves = null;
document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".mo-kcard[data-moves]");
  if (!card) return;
  moves = new Map(card.dataset.moves.split(" ").map((x) => [x.slice(0, x.indexOf("=")), x.slice(x.indexOf("=") + 1)]));
  for (const lane of document.querySelectorAll(".mo-lane")) lane.classList.toggle("is-target", moves.has(lane.dataset.lane));
});
document.addEventListener("dragend", () => {
  moves = null;
  for (const lane of document.querySelectorAll(".mo-lane.is-target")) lane.classList.remove("is-target");
});
document.addEventListener("dragover", (event) => {
  if (moves?.has(event.target.closest?.(".mo-lane")?.dataset.lane)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const lane = event.target.closest?.(".mo-lane")?.dataset.lane;
  if (!moves?.has(lane)) return;
  event.preventDefault();
  const [task, outcome] = moves.get(lane).split("#");
  location.assign(`/taches/${task}?issue=${outcome}`);
});

document.addEventListener("htmx:load", (event) => prepare(event.target));
// The form of a chip is gone once it is applied: the focus goes on where the next filter is added.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.matches?.("form[data-chip], .mo-chip-x, .mo-presets a") && document.activeElement === document.body) document.getElementById("ajouter-filtre")?.focus();
});
prepare(document);

import { announce } from "./live.js";

// The bar « Annuler »: counts down in sight, without reading every second aloud.
const bar = document.querySelector("[data-undo]");
if (bar) {
  const end = Date.now() + Number(bar.dataset.left) * 1000;
  const words = bar.querySelector(".mo-undo-left");
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) {
      bar.querySelector("form")?.remove();
      words.textContent = " Elle est transmise à la procédure.";
      setTimeout(() => bar.remove(), 4000);
      return;
    }
    words.textContent = ` Annulable encore ${left} s.`;
    setTimeout(tick, 500);
  };
  words.setAttribute("aria-live", "off");
  tick();
}

// Several tasks at once.
const bulk = document.querySelector("[data-bulk]");
if (bulk) {
  const boxes = () => document.querySelectorAll(`input[type=checkbox][form="${bulk.id}"]`);
  const count = bulk.querySelector("[data-bulk-count]");
  const all = document.createElement("button");
  all.type = "button";
  all.className = "btn btn-sm btn-quiet";
  const show = () => {
    const chosen = [...boxes()].filter((x) => x.checked).length;
    count.textContent = chosen === 0 ? "Cochez des tâches" : chosen === 1 ? "1 tâche choisie" : `${chosen} tâches choisies`;
    bulk.classList.toggle("is-active", chosen > 0);
    all.textContent = chosen === boxes().length ? "Tout décocher" : "Tout cocher";
  };
  all.addEventListener("click", () => {
    const tick = [...boxes()].some((x) => !x.checked);
    boxes().forEach((x) => (x.checked = tick));
    show();
  });
  document.addEventListener("change", (event) => event.target.form === bulk && show());
  bulk.append(all);
  show();
}

// Only the fields that the chosen act needs.
const acts = document.querySelectorAll('input[name="Acte"]');
if (acts.length > 0) {
  const show = () => {
    const act = [...acts].find((x) => x.checked)?.value ?? "";
    for (const field of document.querySelectorAll("[data-when]")) field.hidden = !field.dataset.when.split(" ").includes(act);
  };
  acts.forEach((x) => x.addEventListener("change", show));
  show();
}

// @name: colleagues are proposed while one types.
for (const text of document.querySelectorAll("[data-mentions]")) {
  const names = JSON.parse(text.dataset.mentions);
  const box = document.createElement("ul");
  box.className = "mo-mentions";
  box.id = `${text.id}-noms`;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "Collègues");
  box.hidden = true;
  text.after(box);
  text.setAttribute("aria-controls", box.id);
  const bare = (x) => x.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  let chosen = 0;
  const begun = () => text.value.slice(0, text.selectionStart).match(/@([\p{L}' -]{0,30})$/u)?.[1];
  const close = () => {
    box.hidden = true;
    text.removeAttribute("aria-activedescendant");
  };
  const put = (name) => {
    const at = text.selectionStart;
    const typed = begun() ?? "";
    text.setRangeText(`${name} `, at - typed.length, at, "end");
    close();
    text.focus();
  };
  const draw = () => {
    const typed = begun();
    const found = typed === undefined ? [] : names.filter((x) => bare(x).startsWith(bare(typed)) || bare(x).split(" ").some((y) => bare(typed) !== "" && y.startsWith(bare(typed)))).slice(0, 6);
    if (found.length === 0) return close();
    chosen = Math.min(chosen, found.length - 1);
    box.replaceChildren(
      ...found.map((name, i) => {
        const line = Object.assign(document.createElement("li"), { id: `${box.id}-${i}`, textContent: name });
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", String(i === chosen));
        line.addEventListener("mousedown", (event) => {
          event.preventDefault();
          put(name);
        });
        return line;
      }),
    );
    box.hidden = false;
    text.setAttribute("aria-activedescendant", `${box.id}-${chosen}`);
  };
  text.addEventListener("input", () => {
    chosen = 0;
    draw();
  });
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (box.hidden) return;
    const lines = box.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : lines - 1)) % lines;
      draw();
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      put(box.children[chosen].textContent);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
      announce("Suggestions fermées.");
    }
  });
}

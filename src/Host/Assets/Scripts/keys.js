// Shortcuts of the console. Single letters work outside of fields only, and not at all for whoever has switched them off (WCAG 2.1.4); Ctrl+K stays.
const board = document.querySelector(".mo-console");
const single = document.body.dataset.shortcuts !== "off";

const rows = () => [...document.querySelectorAll("[data-keys] > li")];
const current = () => rows().findIndex((x) => x.contains(document.activeElement));
const go = (to) => {
  const all = rows();
  if (all.length === 0) return;
  const row = all[Math.max(0, Math.min(all.length - 1, to))];
  row.querySelector("h2 a, a, button")?.focus();
  row.scrollIntoView({ block: "nearest" });
};

const dialog = (label, className) => {
  const box = document.createElement("dialog");
  box.className = `mo-dialog ${className}`;
  box.setAttribute("aria-label", label);
  document.body.append(box);
  box.addEventListener("click", (event) => event.target === box && box.close());
  return box;
};

let help = null;
const showHelp = () => {
  if (!help) {
    help = dialog("Raccourcis clavier", "mo-keys-help");
    const lines = [
      ["j / k", "Ligne suivante / précédente"], ["e", "Ouvrir la tâche ; sur une tâche, aller à la réponse"], ["a", "Prendre la tâche ; sur une tâche prise, la confier"], ["x", "Cocher ou décocher la ligne"],
      ["n", "Traiter la tâche suivante"], ["z", "Annuler la dernière réponse"], ["/", "Rechercher"], ["Ctrl + K", "Aller à un dossier, une tâche, une page"], ["?", "Cette aide"],
    ];
    help.innerHTML = `<h2 class="h3">Raccourcis clavier</h2><dl class="mo-keys">${lines.map(([key, what]) => `<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`).join("")}</dl><p class="mo-quiet mo-small"><a href="/mon-compte/raccourcis">Désactiver les raccourcis à une touche</a></p><button type="button" class="btn" data-dialog-close>Fermer</button>`;
  }
  help.showModal();
};

let palette = null;
const showPalette = () => {
  if (!palette) {
    palette = dialog("Aller à", "mo-palette");
    palette.innerHTML = `<input class="form-control" type="search" role="combobox" aria-expanded="true" aria-controls="palette-liste" aria-autocomplete="list" aria-label="Aller à un dossier, une tâche, une page" placeholder="Dossier, entreprise, tâche, page…" autocomplete="off" maxlength="100"><ul id="palette-liste" role="listbox" aria-label="Résultats"></ul><p class="mo-quiet mo-small mb-0" role="status"></p>`;
    const [input, list, said] = [palette.querySelector("input"), palette.querySelector("ul"), palette.querySelector("p")];
    let chosen = 0;
    let asked = 0;
    const mark = () => {
      [...list.children].forEach((x, i) => x.setAttribute("aria-selected", String(i === chosen)));
      list.children[chosen]?.scrollIntoView({ block: "nearest" });
      if (list.children[chosen]) input.setAttribute("aria-activedescendant", list.children[chosen].id);
      else input.removeAttribute("aria-activedescendant");
    };
    const search = async () => {
      const turn = ++asked;
      const answer = await fetch(`/palette?q=${encodeURIComponent(input.value)}`).catch(() => null);
      if (turn !== asked) return;
      const lines = answer?.ok ? await answer.json() : [];
      chosen = 0;
      list.replaceChildren(
        ...lines.map((line, i) => {
          const item = Object.assign(document.createElement("li"), { id: `palette-${i}` });
          item.setAttribute("role", "option");
          item.dataset.url = line.url;
          const [kind, label, detail] = [line.kind, line.label, line.detail].map((text, j) => Object.assign(document.createElement("span"), { textContent: text, className: ["mo-palette-kind", "mo-palette-label", "mo-quiet"][j] }));
          item.append(kind, label, detail);
          item.addEventListener("click", () => location.assign(line.url));
          return item;
        }),
      );
      said.textContent = !answer?.ok ? "La recherche ne répond pas. Réessayez." : lines.length === 0 ? "Rien ne correspond." : lines.length === 1 ? "1 résultat" : `${lines.length} résultats`;
      mark();
    };
    let waiting = null;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, 120);
    });
    input.addEventListener("keydown", (event) => {
      const many = list.children.length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (many > 0) chosen = (chosen + (event.key === "ArrowDown" ? 1 : many - 1)) % many;
        mark();
      } else if (event.key === "Enter" && list.children[chosen]) {
        event.preventDefault();
        location.assign(list.children[chosen].dataset.url);
      }
    });
    palette.search = search;
  }
  palette.showModal();
  palette.querySelector("input").select();
  palette.search();
};

const acts = {
  j: () => go(current() + 1),
  k: () => go(current() <= 0 ? 0 : current() - 1),
  e: () => {
    const row = rows()[current()];
    if (row) row.querySelector("h2 a")?.click();
    else document.querySelector("[data-task-page] button[name=outcome]")?.focus();
  },
  a: () => {
    const row = rows()[current()];
    if (row) row.querySelector("[data-key-claim]")?.click();
    else if (document.querySelector("[data-task-page]")) {
      const claim = document.querySelector("button[data-key-claim]");
      const assign = document.querySelector("[data-key-assign]");
      if (claim) claim.click();
      else if (assign) {
        assign.open = true;
        assign.querySelector("select")?.focus();
      }
    }
  },
  x: () => rows()[current()]?.querySelector("input[type=checkbox]")?.click(),
  n: () => document.querySelector("[data-key-next]")?.click(),
  z: () => document.querySelector("[data-key-undo]")?.click(),
  "/": () => (document.querySelector("[data-key-search]") ?? document.querySelector("main input[type=search]") ?? { focus: showPalette }).focus(),
  "?": showHelp,
};

const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

if (board) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      showPalette();
      return;
    }
    if (!single || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) showPalette();
  });
}

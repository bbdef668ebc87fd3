import { csrf } from "./live.js";

// A form with <span data-draft> keeps itself while one types. Each saving says which version it has seen; when another tab was there in between, nothing is overwritten.
const page = document.querySelector("[data-task-page]");

for (const status of document.querySelectorAll("[data-draft]")) {
  const form = status.closest("form");
  let version = Number(page?.dataset.draftVersion ?? 0);
  let waiting = null;
  let sending = false;
  let again = false;
  let stopped = false;
  if (page?.dataset.draftWords) status.textContent = page.dataset.draftWords;

  const save = async (keepalive = false) => {
    clearTimeout(waiting);
    waiting = null;
    if (stopped) return;
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    const answer = await fetch(`${location.pathname}?handler=Brouillon&version=${version}`, { method: "POST", body: data, headers: { ...csrf(), "X-Brouillon": "1" }, keepalive }).catch(() => null);
    sending = false;
    if (!answer) {
      status.textContent = "Brouillon pas encore enregistré : la connexion est coupée, nouvel essai dans un instant.";
      waiting = setTimeout(save, 5000);
      return;
    }
    const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
    if (answer.ok && said) {
      version = said.version;
      status.textContent = said.message;
      status.classList.remove("mo-draft-wrong");
    } else {
      stopped = true;
      status.classList.add("mo-draft-wrong");
      status.textContent = said?.message ?? "Le brouillon n’est plus enregistré. Rechargez la page.";
    }
    if (again) {
      again = false;
      save();
    }
  };

  const typed = (event) => {
    if (!event.target.name || event.target.type === "file") return;
    clearTimeout(waiting);
    waiting = setTimeout(save, 800);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    stopped = true;
  });
  addEventListener("pagehide", () => waiting && save(true));
}

// Rows of a form: another one like the last, empty.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const add = rows.querySelector(":scope > [data-row-add]");
  const all = () => rows.querySelectorAll(":scope > [data-row]");
  const most = Number(rows.dataset.max);
  const show = () => (add.hidden = all().length >= most);
  show();
  add.addEventListener("click", () => {
    const last = [...all()].at(-1);
    const number = Number(last.dataset.row);
    const next = last.cloneNode(true);
    next.dataset.row = String(number + 1);
    next.querySelector("[data-row-number]").textContent = String(number + 2);
    const path = rows.id.replace(/_$/, "");
    for (const element of next.querySelectorAll("*")) {
      for (const attribute of ["id", "for", "aria-describedby"]) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replaceAll(`${path}.${number}`, `${path}.${number + 1}`).replaceAll(`${path}_${number}`, `${path}_${number + 1}`));
      }
      if (element.name) {
        const base = rows.id;
        element.name = element.name.replace(new RegExp(`^(.*?\\.)${number}(?=[.\\]])`), (whole, before) => (base ? `${before}${number + 1}` : whole));
      }
      if ("checked" in element && element.type === "checkbox") element.checked = false;
      else if (["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName)) element.value = "";
      element.classList?.remove("is-invalid");
    }
    next.querySelectorAll(".mo-field-error").forEach((x) => x.remove());
    last.after(next);
    next.querySelector("input, select, textarea")?.focus();
    show();
  });
}

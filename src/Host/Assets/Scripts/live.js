// What changes elsewhere, told to every tab: one server-sent connection per browser, held by the tab that has the lock; the others hear it through a channel.
// Pages listen to the event « mo:news » (detail: a Set of topics; « * » = look at everything again).
const channel = "BroadcastChannel" in window ? new BroadcastChannel("monopco-live") : null;

const tell = (topics) => document.dispatchEvent(new CustomEvent("mo:news", { detail: new Set(topics) }));

channel?.addEventListener("message", (event) => tell(event.data));

const lead = () =>
  new Promise(() => {
    let known = false;
    const source = new EventSource("/evenements");
    const say = (topics) => {
      tell(topics);
      channel?.postMessage(topics);
    };
    source.addEventListener("message", (event) => say(event.data.split(" ")));
    // After a break nobody knows what was missed.
    source.addEventListener("pret", () => {
      if (known) say(["*"]);
      known = true;
    });
  });

if (document.querySelector(".mo-console")) {
  if (navigator.locks) navigator.locks.request("monopco-live", lead);
  else lead();
}

export const hears = (news, topic) => news.has("*") || news.has(topic);

export const announce = (text) => {
  const region = document.getElementById("annonces");
  if (region) region.textContent = text;
};

export const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

// <div data-live="task:…" data-live-stamp="…" data-live-url="…" data-live-text="…">: says that what is shown is no longer what is stored. Nothing is replaced under anybody's hands.
const shown = document.querySelector("[data-live]");
if (shown) {
  let waiting = null;
  const look = async () => {
    const { live, liveStamp, liveUrl, liveText } = shown.dataset;
    if (liveUrl) {
      const answer = await fetch(liveUrl, { headers: { Accept: "text/plain" } }).catch(() => null);
      if (!answer?.ok || (await answer.text()) === liveStamp) return;
    }
    if (document.querySelector("[data-live-bar]")) return;
    const bar = document.createElement("div");
    bar.className = "mo-live-bar mo-tone-info";
    bar.dataset.liveBar = live;
    bar.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = liveText ?? "Cette page vient de changer.";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = "Afficher la version à jour";
    button.addEventListener("click", () => location.reload());
    bar.append(words, button);
    shown.before(bar);
  };
  document.addEventListener("mo:news", (event) => {
    if (!hears(event.detail, shown.dataset.live)) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, 300);
  });
}

// <ul data-live-list> of <li data-task>: what was done by somebody else goes, counters follow, what is new is offered.
const list = document.querySelector("[data-live-list]");
const tabs = document.querySelector("[data-count]");
if (tabs) {
  let waiting = null;
  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const count of document.querySelectorAll("[data-count]")) count.textContent = fresh.querySelector(`[data-count="${count.dataset.count}"]`)?.textContent ?? count.textContent;
    const ids = new Set([...fresh.querySelectorAll("[data-live-list] > [data-task]")].map((x) => x.dataset.task));
    let gone = 0;
    for (const row of list?.querySelectorAll(":scope > [data-task]") ?? []) {
      if (ids.delete(row.dataset.task)) continue;
      const next = row.nextElementSibling ?? row.previousElementSibling;
      if (row.contains(document.activeElement)) next?.querySelector("h2 a")?.focus();
      row.remove();
      gone++;
    }
    if (gone > 0) announce(gone === 1 ? "Une tâche vient de quitter cette liste." : `${gone} tâches viennent de quitter cette liste.`);
    const bar = document.querySelector("[data-new-bar]");
    if (ids.size > 0 && !bar && !location.search.includes("apres=")) {
      const note = document.createElement("div");
      note.className = "mo-live-bar mo-tone-info";
      note.dataset.newBar = "";
      note.setAttribute("role", "status");
      note.innerHTML = "<span>De nouvelles tâches sont arrivées.</span>";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.textContent = "Les afficher";
      button.addEventListener("click", () => location.reload());
      note.append(button);
      (list ?? document.querySelector("main .card"))?.before(note);
    }
  };
  document.addEventListener("mo:news", (event) => {
    if (!hears(event.detail, "tasks")) return;
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 250);
  });
}

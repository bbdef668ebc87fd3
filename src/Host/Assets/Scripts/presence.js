import { csrf, hears } from "./live.js";

// <div data-presence="task:…">: who else is here, who has the hand, and how to take it. Says every 15 seconds that we are here.
const place = document.querySelector("[data-presence]");
if (place) {
  const subject = place.dataset.presence;
  let editing = false;
  let warned = "";

  const post = (path, keepalive = false) =>
    fetch(`/presence${path}?sujet=${encodeURIComponent(subject)}&modifie=${editing}`, { method: "POST", headers: csrf(), keepalive }).catch(() => null);

  const draw = (room) => {
    if (room.takenBy) warned = room.takenBy;
    place.replaceChildren();
    place.hidden = room.others.length === 0 && !warned;
    for (const other of room.others) {
      const chip = document.createElement("span");
      chip.className = "mo-chip";
      chip.append(Object.assign(document.createElement("span"), { className: `mo-dot${other.editing ? " is-editing" : ""}`, ariaHidden: "true" }), other.words);
      place.append(chip);
    }
    if (warned) {
      const text = document.createElement("p");
      text.className = "mo-presence-lock";
      text.setAttribute("role", "alert");
      text.textContent = warned;
      place.append(text);
    }
    if (room.locked) {
      const text = document.createElement("p");
      text.className = "mo-presence-lock";
      text.setAttribute("role", "status");
      text.textContent = `${room.locked} est en train de modifier : ce que vous changez en même temps peut se contredire. `;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.textContent = "Prendre la main";
      button.addEventListener("click", async () => {
        editing = true;
        warned = "";
        const answer = await post("/main");
        if (answer?.ok) draw(await answer.json());
      });
      text.append(button);
      place.append(text);
    }
  };

  const beat = async () => {
    if (document.visibilityState === "hidden") return;
    const answer = await post("");
    if (answer?.ok) draw(await answer.json());
  };

  document.addEventListener("input", (event) => {
    if (editing || !event.target.closest("main form[method=post]")) return;
    editing = true;
    warned = "";
    beat();
  });
  document.addEventListener("visibilitychange", beat);
  document.addEventListener("mo:news", (event) => hears(event.detail, `presence:${subject}`) && beat());
  addEventListener("pagehide", () => post("/depart", true));
  addEventListener("pageshow", (event) => event.persisted && beat());
  setInterval(beat, 15000);
  beat();
}

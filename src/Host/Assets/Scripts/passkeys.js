// Passkeys. A form with data-passkey="create|get" and data-options="/address of the options": its button starts the ceremony, the answer goes back in its hidden field.
const supported = () => window.PublicKeyCredential?.parseRequestOptionsFromJSON && window.isSecureContext;

const say = (form, text) => {
  const place = form.querySelector("[data-passkey-error]");
  place.hidden = false;
  place.querySelector("span").textContent = text;
  place.focus();
};

const options = async (form) => {
  const answer = await fetch(form.dataset.options, { method: "POST", headers: { "X-Anti-Forgery": form.querySelector("[name=__RequestVerificationToken]").value } });
  if (!answer.ok) throw new Error(answer.status === 429 ? "too-many" : "options");
  return answer.json();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  // An address by numbers has no passkeys: browsers want a name.
  const numbers = /^[\d.]+$|:/.test(location.hostname);
  if (!supported() || numbers) {
    form.querySelector("[data-passkey-unsupported]")?.removeAttribute("hidden");
    form.querySelector("[type=submit]").hidden = true;
    continue;
  }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    const field = form.querySelector("[data-passkey-answer]");
    if (field.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!form.reportValidity()) return;
    try {
      const json = await options(form);
      const credential = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json) });
      field.value = JSON.stringify(credential.toJSON());
      form.requestSubmit(event.submitter);
    } catch (refused) {
      say(form, refused.message === "too-many" ? "Trop de demandes : attendez une minute." : refused.name === "InvalidStateError" ? "Cet appareil a déjà une clé d’accès pour ce compte." : "Rien n’a été fait : l’appareil n’a pas donné de clé d’accès, ou vous avez annulé.");
    }
  }, { capture: true });
}

window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("[data-passkey-answer]")) field.value = "";
});

// Puts one Elsa Studio element on the page and gives its English interface French texts. Loaded before Blazor starts.
const page = document.currentScript.dataset;

// Studio formats dates and numbers in this culture; it is read when Blazor starts.
localStorage.setItem('BlazorCulture', 'fr-FR');

// Names this tab, so that the server tells its saves from those of another tab of the same person.
const session = crypto.randomUUID();

// Studio shows a blank page when the session has ended: say so and offer the way back.
const plainFetch = window.fetch.bind(window);
window.fetch = async (resource, options) => {
  const url = new URL(resource instanceof Request ? resource.url : resource, document.baseURI);
  const isOurs = url.origin === location.origin && url.pathname.startsWith('/elsa/api/');
  if (isOurs) {
    const headers = new Headers(options?.headers ?? (resource instanceof Request ? resource.headers : undefined));
    headers.set('X-Editor-Session', session);
    options = { ...options, headers };
  }
  const response = await plainFetch(resource, options);
  if (response.status === 401) document.getElementById('session-ended').hidden = false;
  if (isOurs && [403, 409, 429, 501].includes(response.status)) await tellRefusal(response.clone());
  return response;
};

// Studio says nothing of some refusals, and of others for some seconds only; the way to what was typed must not go away.
async function tellRefusal(response) {
  const problem = await response.json().catch(() => null);
  if (!problem?.copyUrl) {
    const refused = document.getElementById('refused');
    refused.textContent = problem?.message ?? problem?.detail ?? 'La demande est refusée : attendez un instant et recommencez.';
    refused.hidden = false;
    clearTimeout(tellRefusal.timer);
    tellRefusal.timer = setTimeout(() => { refused.hidden = true; }, 20_000);
    return;
  }
  const notice = document.getElementById('save-refused');
  notice.querySelector('span').textContent = problem.message;
  const copy = notice.querySelector('a');
  copy.href = problem.copyUrl;
  copy.hidden = false;
  notice.hidden = false;
}

// Who else has it open: asked at once and then four times a minute.
if (page.editors) {
  const address = (left) => `${page.editors}?session=${session}${left ? '&left=true' : ''}`;
  const tell = async () => {
    const response = await plainFetch(address(false), { method: 'POST' }).catch(() => null);
    if (!response?.ok) return;
    const notice = document.getElementById('other-editors');
    const others = (await response.json()).items;
    const since = (time) => new Date(time).toLocaleTimeString('fr-FR', { hour: '2-digit', minute: '2-digit' });
    notice.textContent = others.map((other) => other.isSamePerson
      ? `Vous avez aussi cette procédure ouverte dans une autre fenêtre, depuis ${since(other.since)}.`
      : `${other.name} a aussi cette procédure ouverte, depuis ${since(other.since)}.`).join(' ') + ' Le premier qui enregistre garde la main : la version de l’autre est mise de côté, jamais perdue.';
    notice.hidden = others.length === 0;
  };
  tell();
  setInterval(tell, 15_000);
  addEventListener('pagehide', () => navigator.sendBeacon(address(true)));
}

document.addEventListener('DOMContentLoaded', () => {
  const backend = document.createElement('elsa-backend-provider');
  backend.setAttribute('remote-endpoint', location.origin + '/elsa/api');
  const view = document.createElement(page.element);
  view.setAttribute(page.attribute, page.value);
  // The provider must come before the element that uses it.
  document.getElementById('studio').append(backend, view);
  new MutationObserver((_, observer) => {
    if (!view.childElementCount) return;
    observer.disconnect();
    document.getElementById('studio-loading').remove();
  }).observe(view, { childList: true });
  translate();
});

async function translate() {
  const dictionary = await (await plainFetch(page.dictionary)).json();
  const texts = new Map(Object.entries(dictionary.texts));
  const patterns = Object.entries(dictionary.patterns).map(([english, french]) => [
    new RegExp('^' + english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\d\}/g, '(.*)') + '$'),
    french,
  ]);

  const french = (english) => {
    const exact = texts.get(english);
    if (exact) return exact;
    for (const [pattern, text] of patterns) {
      const match = pattern.exec(english);
      if (match) return text.replace(/\{(\d)\}/g, (_, index) => texts.get(match[Number(index) + 1]) ?? match[Number(index) + 1]);
    }
    return null;
  };

  // What people typed (code, values, cells of tables) stays as it is, whatever it looks like.
  const isContent = (element) => element.closest('.monaco-editor, textarea, pre, code, script, style, [contenteditable=true]')
    || (element.closest('tbody td') && !element.closest('.mud-simple-table, .mud-dialog, button, [role=button]'));

  const translateText = (node) => {
    const english = node.data.trim();
    if (!english || !node.parentElement || isContent(node.parentElement)) return;
    const text = french(english);
    if (text && text !== english) node.data = node.data.replace(english, () => text);
  };

  const attributes = ['title', 'aria-label', 'placeholder', 'alt'];
  const translateAttributes = (element) => {
    for (const name of attributes) {
      const english = element.getAttribute(name);
      const text = english && french(english.trim());
      if (text && text !== english) element.setAttribute(name, text);
    }
  };

  // What a closed list shows is the value of an input that nobody types into.
  const translateChoice = (element) => {
    if (!element.matches?.('.mud-select input')) return;
    const text = french(element.value.trim());
    if (text && text !== element.value) element.value = text;
  };

  const translateTree = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    translateAttributes(root);
    translateChoice(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) translateText(node);
      else {
        translateAttributes(node);
        translateChoice(node);
      }
    }
  };

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === 'childList') change.addedNodes.forEach(translateTree);
      else if (change.type === 'characterData') translateText(change.target);
      else {
        translateAttributes(change.target);
        translateChoice(change.target);
      }
    }

    // Blazor sets a list's value as a property, which no observer sees; it does so in the same turn as the changes that one does.
    document.querySelectorAll('.mud-select input').forEach(translateChoice);
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: [...attributes, 'value'] });
  translateTree(document.getElementById('studio'));
}

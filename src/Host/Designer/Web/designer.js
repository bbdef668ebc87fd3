// Puts one Elsa Studio element on the page and gives its English interface French texts. Loaded before Blazor starts.
const page = document.currentScript.dataset;

// Studio formats dates and numbers in this culture; it is read when Blazor starts.
localStorage.setItem('BlazorCulture', 'fr-FR');

// Studio shows a blank page when the session has ended: say so and offer the way back.
const plainFetch = window.fetch.bind(window);
window.fetch = async (...request) => {
  const response = await plainFetch(...request);
  if (response.status === 401) document.getElementById('session-ended').hidden = false;
  return response;
};

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
    || (element.closest('tbody td') && !element.closest('.mud-simple-table, button, [role=button]'));

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

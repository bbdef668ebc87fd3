import htmx from "htmx.org";
import "./dialogs.js";
import "./copy.js";
import "./forms.js";
import "./menus.js";
import "./navigation.js";
import "./print.js";
import "./contrast.js";
import "./live.js";
import "./presence.js";
import "./drafts.js";
import "./inbox.js";
import "./keys.js";
import "./list.js";

// The content security policy allows neither eval nor inline styles: htmx works without both.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
// A refused form (400) comes back as the same page with its messages: show it.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "400", swap: true },
  { code: "[45]..", swap: false, error: true },
];
window.htmx = htmx;
document.documentElement.classList.add("js");

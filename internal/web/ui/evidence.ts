// Work on the evidence without losing the place: a press or a key adds a record to the
// story, takes it out again or attaches it to an entry, and the page shows what is so
// now with the focus where it was. What is picked up is part of the page's address, so
// it stays through other people's changes.
import { draw } from "./changes";

// show draws an address of this page in place.
async function show(address: string, focus: string): Promise<void> {
  history.replaceState(null, "", address);
  await draw();
  const e = document.querySelector<HTMLElement>(focus);
  if (!e) return;
  if (e.matches("li")) e.tabIndex = -1;
  e.focus({ preventScroll: true });
  e.scrollIntoView({ block: "nearest" });
}

function byID(id: string): string {
  return "#" + CSS.escape(id);
}

async function send(form: HTMLFormElement, id: string): Promise<void> {
  try {
    // It arrives also when somebody goes to another page meanwhile.
    const answer = await fetch(form.action, { method: "POST", keepalive: true, body: new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, String(v)])) });
    if (answer.ok) {
      const to = new URL(answer.url);
      await show(to.pathname + to.search, byID(id));
      return;
    }
  } catch {
    // The connection is gone; the browser says so itself.
  }
  // The page says why it was refused. Where a drawing has put another form in place of
  // this one, that is sent; and if there is none, what somebody else did is seen.
  const now = form.isConnected ? form : [...document.forms].find((f) => f.action === form.action);
  if (now) now.submit();
  else await draw();
}

// held follows a link that picks a record up or puts it back.
function held(link: HTMLAnchorElement): void {
  const to = new URL(link.href);
  const id = decodeURIComponent(to.hash.slice(1));
  const up = to.searchParams.has("hold");
  void show(to.pathname + to.search, up ? ".story form button" : byID(id));
}

// step moves the focus among the entries that a held record can be attached to.
function step(by: number): boolean {
  const all = [...document.querySelectorAll<HTMLElement>(".story form[action$='/attach'] button")];
  if (all.length === 0) return false;
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
  return true;
}

function press(root: ParentNode, selector: string): boolean {
  const e = root.querySelector<HTMLElement>(selector);
  e?.click();
  return e != null;
}

function act(key: string, row: HTMLElement | null): boolean {
  switch (key) {
    case "ArrowDown":
      return step(1);
    case "ArrowUp":
      return step(-1);
    case "Escape":
      return press(document, "a.letgo");
    case " ":
      return row != null && press(row, "a.hold");
    case "Enter":
    case "p":
      return row != null && press(row, "form[action$='/promote'] button");
    case "x":
      return row != null && press(row, "form[action$='/take-out'] button");
    case "o":
      return row != null && press(row, "a[href]");
  }
  return false;
}

export function workOnEvidence(): void {
  if (document.body.dataset["page"] !== "evidence") return;
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const id = form.dataset["stay"];
    if (!id) return;
    event.preventDefault();
    void send(form, id);
  });
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const link = (event.target as Element).closest<HTMLAnchorElement>("a.hold, a.letgo");
    if (!link) return;
    event.preventDefault();
    held(link);
  });
  // Before the keys of every page, which open a record with Enter.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target as HTMLElement;
      if (target.matches("input, textarea, select, [contenteditable]")) return;
      const row = target.closest<HTMLElement>("li.record[id]");
      const on = row === target ? row : null; // a button in the row does what it says
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (!act(key, on)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}

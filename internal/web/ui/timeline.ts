// Work on the timeline without losing the place: a press or a key changes the entry
// that one is on, and the page shows what is so now with the focus where it was. What
// is chosen to become one entry is counted at the foot of the list.
import { draw } from "./changes";
import { reach, rows, standing, stand } from "./keys";

// chosen are the entries that have a tick, by id, also while others change the page.
const chosen = new Set<string>();

function ticks(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[type=checkbox][form=merge]")];
}

// count says what merging would do, and to how many.
function count(): void {
  const form = document.querySelector<HTMLFormElement>("#merge");
  const what = form?.querySelector(".merge__what");
  const button = form?.querySelector("button");
  if (!form || !what || !button) return;
  const n = chosen.size;
  form.classList.toggle("is-on", n > 0);
  document.documentElement.classList.toggle("is-choosing", n > 0);
  button.hidden = n < 2;
  const one = document.querySelector<HTMLElement>("li.entry:has(input[form=merge]:checked)");
  what.textContent =
    n < 2
      ? "1 entry chosen. Choose another one, and they can become one."
      : `${n} entries chosen. They become one, with the words and the time of the first (${time(one)}), and the records of all. It can be undone.`;
  button.textContent = `Merge the ${n}`;
}

function choose(id: string, on: boolean): void {
  if (on) chosen.add(id);
  else chosen.delete(id);
  count();
}

// drawn puts back what the server does not know of a page: ticks, and where one is.
function drawn(): void {
  for (const tick of ticks()) tick.checked = chosen.has(tick.value);
  const there = new Set(ticks().map((tick) => tick.value));
  for (const id of chosen) if (!there.has(id)) chosen.delete(id);
  count();
  tell(standing());
}

function time(row: HTMLElement | null | undefined): string {
  return row?.querySelector(".entry__time")?.textContent?.trim() ?? "";
}

// tell fills in what stands beside the list: the entry, and what a press changes.
function tell(row: HTMLElement | undefined): void {
  const aside = document.querySelector<HTMLElement>(".here");
  const form = aside?.querySelector<HTMLFormElement>("form");
  if (!aside || !form) return;
  const on = row?.matches("li.entry[data-rev]") ? row : undefined;
  aside.classList.toggle("is-on", on != null);
  const title = aside.querySelector("h3");
  if (title) title.textContent = on ? [time(on), on.querySelector(".entry__lane")?.textContent].filter(Boolean).join(", ") : "No entry yet";
  if (!on) return;
  const entry = on.querySelector<HTMLAnchorElement>("a[href*='/entries/ent']")?.getAttribute("href") ?? "";
  form.action = entry + "/adjust";
  form.querySelector("[name=rev]")?.setAttribute("value", on.dataset["rev"] ?? "");
  for (const button of form.querySelectorAll<HTMLButtonElement>(".choice button")) button.setAttribute("aria-pressed", String(button.textContent === on.dataset["kind"]));
  aside.querySelector("[form=dismiss]")?.setAttribute("value", on.id);
  for (const link of aside.querySelectorAll<HTMLAnchorElement>("a[data-part]")) link.href = entry + (link.dataset["part"] ?? "");
}

// show draws the page as it is now, and goes on at a row.
async function show(row: () => HTMLElement | undefined): Promise<void> {
  await draw();
  const to = row();
  if (to) reach(to);
}

// working says that a change is on its way; what is pressed meanwhile waits for it.
let working = false;
const waiting: (() => void)[] = [];

// asNow finds a button that somebody pressed on a page that was drawn anew since.
function asNow(button: HTMLElement | null): HTMLElement | null {
  if (!button || button.isConnected) return button;
  if (button.closest("form.undo")) return document.querySelector<HTMLElement>("form.undo button");
  const form = button.getAttribute("form");
  if (!form) return null;
  return [...document.querySelectorAll<HTMLButtonElement>(`button[form="${CSS.escape(form)}"]`)].find((b) => b.value === button.getAttribute("value")) ?? null;
}

let plain = false; // the browser sends it itself

async function send(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  tell(standing());
  const all = rows();
  const merging = form.id === "merge";
  const on = merging ? all.find((row) => chosen.has(row.id)) : ((button?.closest("li.entry[id]") as HTMLElement | null) ?? standing());
  const at = on ? all.indexOf(on) : -1;
  const list = on?.closest("ol")?.parentElement?.getAttribute("aria-labelledby");
  const body = new URLSearchParams([...new FormData(form, button)].map(([k, v]) => [k, String(v)]));
  try {
    // A change leads to a page; a refusal is one. It arrives also when somebody goes to
    // another page meanwhile; beyond 64 KiB, thousands of entries, a browser refuses
    // that and sends the form plainly.
    const answer = await fetch(form.action, { method: "POST", keepalive: true, body, redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      form.removeAttribute("hx-morph-skip");
      if (merging) {
        chosen.clear();
        form.reset();
      }
      await show(() => {
        if (at < 0) return undefined;
        const same = on && document.getElementById(on.id);
        const stays = same?.closest("ol")?.parentElement?.getAttribute("aria-labelledby") === list;
        return same && stays ? same : rows()[Math.min(at, rows().length - 1)];
      });
      return;
    }
  } catch {
    // The connection is gone; the browser says so itself.
  }
  plain = true;
  form.requestSubmit(asNow(button)); // the page says why it was refused
  plain = false;
}

function press(selector: string, root: ParentNode | undefined = document): boolean {
  const e = root?.querySelector<HTMLElement>(selector);
  e?.click();
  return e != null;
}

// adding finds the way to add an entry after the one that one is on.
function adding(row: HTMLElement): boolean {
  const next = row.nextElementSibling;
  return press("a.add", next?.matches(".quiet") ? next : row);
}

// buttons are the keys that press something of the entry beside the list.
const buttons: Record<string, string> = {
  v: "[value=visible]",
  c: "[value=confusing]",
  m: "[value=missing]",
  "[": "[value=earlier]",
  "]": "[value=later]",
  "2": "a[data-part='#accounts']",
  s: "a[data-part='#split']",
};

const ours = [...Object.keys(buttons), "y", "x", "u", "d"];

function act(key: string, row: HTMLElement | undefined, on: boolean): boolean {
  const button = buttons[key];
  if (button) return row?.dataset["rev"] != null && press(".here.is-on " + button);
  switch (key) {
    case "y":
      return row != null && press("[form=accept]", row);
    case "x":
      return row != null && press("[form=dismiss]", row);
    case "u":
      return press("form.undo button");
    case "a":
      return row != null && adding(row);
    case "d":
      return row != null && press("a[href$='#settle']", row);
    case " ":
      return on && row != null && press("input[form=merge]", row);
    case "=":
      if (chosen.size === 0) return false;
      document.querySelector<HTMLElement>("#why")?.focus();
      return true;
    case "Escape":
      if (chosen.size === 0) return false;
      chosen.clear();
      drawn();
      return true;
  }
  return false;
}

// atHash waits until the browser has gone to the part of the page that the address
// names, which takes the focus away, and goes on from there.
function atHash(go: (part: HTMLElement) => void): void {
  if (!location.hash) return;
  const then = (): void =>
    void requestAnimationFrame(() => {
      const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (part && document.activeElement === document.body) go(part);
    });
  if (document.readyState === "complete") then();
  else addEventListener("load", then, { once: true });
}

// openPart opens the part of an entry's page that a key led to, ready to be written in.
function openPart(part: HTMLElement): void {
  const fold = part.closest("details");
  if (fold) fold.open = true;
  part.querySelector<HTMLElement>("textarea")?.focus();
}

export function workOnTimeline(): void {
  if (document.body.dataset["page"] === "entry") atHash(openPart);
  if (document.body.dataset["page"] !== "timeline") return;
  for (const tick of ticks()) if (tick.checked) chosen.add(tick.value); // a page that somebody came back to
  atHash((part) => {
    const row = part.closest<HTMLElement>("li.entry[id]");
    if (row) reach(row);
  });
  drawn();
  document.addEventListener("debrief:drawn", drawn);
  document.addEventListener("debrief:stands", () => tell(standing()));
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (plain || form.method !== "post" || !form.closest("#main")) return;
    event.preventDefault();
    const button = event.submitter;
    if (working) {
      waiting.push(() => asNow(button)?.click());
      return;
    }
    working = true;
    void send(form, button).finally(() => {
      working = false;
      waiting.shift()?.();
    });
  });
  document.addEventListener("change", (event) => {
    const tick = event.target as HTMLInputElement;
    if (tick.matches("input[type=checkbox][form=merge]")) choose(tick.value, tick.checked);
  });
  const on = (event: Event): void => {
    const row = (event.target as Element).closest<HTMLElement>("li.entry[id]");
    if (row && row !== standing()) stand(row);
  };
  document.addEventListener("focusin", on);
  document.addEventListener("click", on);
  // Before the keys of every page.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target as HTMLElement;
      const row = standing();
      if (target.matches("input:not([type=checkbox]), textarea, select")) {
        if (event.key !== "Escape" || target.id !== "why" || !row) return;
        reach(row);
      } else {
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        if (working && ours.includes(key)) waiting.push(() => void act(key, standing(), true));
        else if (!act(key, row, row === target)) return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}

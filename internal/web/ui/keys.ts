// Single keys. They work while no field has the focus, and each only does what a
// link or a button on the page does too. The help page lists them.

// here is the row that J and K have reached.
let here: HTMLElement | undefined;

// rows are what J and K walk through. What is folded away is not among it.
export function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("li.entry[id]:not(details:not([open]) *), li.record[id]")];
}

// stand marks a row as the one that keys are about.
export function stand(row: HTMLElement): void {
  if (here !== row) here?.classList.remove("is-here");
  here = row;
  here.classList.add("is-here");
  document.dispatchEvent(new Event("debrief:stands"));
}

// reach goes to a row.
export function reach(row: HTMLElement): void {
  stand(row);
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by: number): void {
  const all = rows();
  const at = all.findIndex((r) => r.id === here?.id);
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  if (next) reach(next);
}

// standing gives the row that keys are about, also after the page was drawn anew.
export function standing(): HTMLElement | undefined {
  return here && (document.getElementById(here.id) ?? undefined);
}

function press(root: ParentNode | undefined, selector: string): boolean {
  const target = root?.querySelector<HTMLElement>(selector);
  target?.click();
  return target != null;
}

function go(path: string): void {
  location.assign(path);
}

let leader = false;

function act(key: string): boolean {
  if (leader) {
    leader = false;
    const places: Record<string, string> = { h: "/", i: "/incidents" };
    const to = places[key];
    if (to) go(to);
    return to != null;
  }
  switch (key) {
    case "j":
      step(1);
      return true;
    case "k":
      step(-1);
      return true;
    case "Enter":
      return document.activeElement === standing() && press(standing(), "a[href]");
    case "p":
      return press(standing(), "form[action$='/promote'] button");
    case "a":
      return press(document, "a[href$='/entries/new']");
    case "e":
      return press(document, ".contents a[href$='/evidence']");
    case "u":
      return press(document, "form.undo button");
    case "/": {
      const field = document.querySelector<HTMLElement>("input[type=search]");
      if (field) field.focus();
      else go("/incidents#q");
      return true;
    }
    case "?":
      go("/help#keys");
      return true;
    case "g":
      leader = true;
      return true;
  }
  return false;
}

// Somebody who speaks to their device, or rests a hand on it, may want none of them.
const off = "debrief.keys";

function areOff(): boolean {
  try {
    return localStorage.getItem(off) === "off";
  } catch {
    return false;
  }
}

// offerSwitch shows, beside the list of keys, the button that switches them off.
function offerSwitch(): void {
  const button = document.querySelector<HTMLButtonElement>(".keys-switch");
  if (!button) return;
  const say = (): void => {
    button.textContent = areOff() ? "Switch the keys on" : "Switch the keys off";
  };
  say();
  button.hidden = false;
  button.addEventListener("click", () => {
    try {
      if (areOff()) localStorage.removeItem(off);
      else localStorage.setItem(off, "off");
    } catch {
      // The device keeps nothing; the keys stay as they are.
    }
    say();
  });
}

export function listen(): void {
  offerSwitch();
  document.addEventListener("debrief:drawn", () => {
    const row = standing();
    if (row) stand(row);
  });
  // Before everybody who listens for a single key.
  addEventListener(
    "keydown",
    (event) => {
      const target = event.target as HTMLElement;
      const typed = target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
      if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey && !typed && areOff()) event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target as HTMLElement;
    if (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (act(key)) event.preventDefault();
  });
}

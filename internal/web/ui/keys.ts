// Single keys. They work while no field has the focus, and each only does what a
// link or a button on the page does too. The help page lists them.

// here is the row that J and K have reached.
let here: HTMLElement | undefined;

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("li.entry[id], li.record[id]")];
}

function step(by: number): void {
  const all = rows();
  if (all.length === 0) return;
  const at = here ? all.findIndex((r) => r.id === here?.id) : -1;
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  here?.classList.remove("is-here");
  here = all[next];
  if (!here) return;
  here.classList.add("is-here");
  here.tabIndex = -1;
  here.focus({ preventScroll: true });
  here.scrollIntoView({ block: "nearest" });
}

function row(): HTMLElement | undefined {
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
      return document.activeElement === row() && press(row(), "a[href]");
    case "y":
      return press(row(), "form[action$='/accept'] button");
    case "x":
      return press(row(), "form[action$='/dismiss'] button");
    case "p":
      return press(row(), "form[action$='/promote'] button");
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

export function listen(): void {
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

// Another person's change appears without a reload. The server says no more than
// "changed"; the page then asks for itself and takes over what differs.
import htmx from "htmx.org";

const selector = "#main";

let last: Promise<void> = Promise.resolve();
let next: Promise<void> | undefined;

// draw shows the page as it is now. Two drawings never overlap, which would leave it to
// chance what is seen and where the focus is: who asks while one goes on gets the next.
export function draw(): Promise<void> {
  next ??= last.catch(() => undefined).then(() => {
    next = undefined;
    last = drawOnce();
    return last;
  });
  return next;
}

async function drawOnce(): Promise<void> {
  const top = anchor();
  await htmx.ajax("GET", location.pathname + location.search, { target: selector, select: selector, swap: "outerMorph" });
  keepPlace(top);
  document.dispatchEvent(new Event("debrief:drawn"));
}

// edited marks forms in which something was typed: they stay as they are until they
// are sent, whatever others do meanwhile; so does a filter that is being filled in.
function edited(event: Event): void {
  const form = (event.target as Element).closest("form");
  if (form?.matches("[method=post], .sift")) form.setAttribute("hx-morph-skip", "");
}

export function follow(): void {
  const address = document.body.dataset.changes;
  if (!address) return;
  document.addEventListener("input", edited);
  // What somebody unfolded stays unfolded; a field in whose place an editor stands stays
  // hidden, and what scripts have switched on is seen all the while, as the focus may be
  // in it; and a row that has the focus keeps it: a row can be focused by scripts only,
  // and would lose the focus with the attribute.
  htmx.registerExtension("place", {
    htmx_before_morph_attr: (element: Element, detail: { attrName: string }) =>
      !(element instanceof HTMLDetailsElement && detail.attrName === "open") &&
      !(element instanceof HTMLTextAreaElement && detail.attrName === "hidden") &&
      !(element.classList.contains("is-on") && detail.attrName === "class") &&
      !(element === document.activeElement && detail.attrName === "tabindex"),
  });
  const source = new EventSource(address);
  source.addEventListener("changed", () => void draw());
  document.addEventListener("debrief:look", () => void draw());
  source.addEventListener("open", () => document.body.removeAttribute("data-offline"));
  source.addEventListener("error", () => document.body.setAttribute("data-offline", ""));
  addEventListener("pagehide", () => source.close());
  // While evidence is read, how far it has come is not told: the page looks again.
  const wait = (): void => {
    const seconds = Number(document.querySelector<HTMLElement>(selector)?.dataset.refresh ?? 0);
    setTimeout(() => void (seconds > 0 && !document.hidden ? draw().finally(wait) : wait()), Math.max(seconds, 2) * 1000);
  };
  wait();
}

interface Place {
  id: string;
  top: number;
}

// anchor finds the entry or record at the top of what is seen, so that what comes in
// above it does not move it.
function anchor(): Place | undefined {
  for (const e of document.querySelectorAll<HTMLElement>("li[id]")) {
    const top = e.getBoundingClientRect().top;
    if (top >= 0) return top < innerHeight ? { id: e.id, top } : undefined;
  }
  return undefined;
}

function keepPlace(place: Place | undefined): void {
  const e = place && document.getElementById(place.id);
  if (e && scrollY > 0) scrollBy(0, e.getBoundingClientRect().top - place.top);
}

// What somebody types in a longer field is kept on the device until it is sent, so
// that a closed tab or a lost connection takes nothing away.

const prefix = "debrief.draft:";

// nameOf tells fields apart by the page's path, the form's address and the name.
function nameOf(field: HTMLTextAreaElement): string | undefined {
  const form = field.form;
  if (!form || !field.name) return undefined;
  return prefix + new URL(form.action, location.href).pathname + ":" + field.name;
}

interface Draft {
  text: string;
  sent?: boolean; // the form was sent; whether it arrived, the next page tells
}

function read(name: string): Draft | undefined {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, draft: Draft | undefined): void {
  try {
    if (draft) localStorage.setItem(name, JSON.stringify(draft));
    else localStorage.removeItem(name);
  } catch {
    // The device keeps nothing; the page works as it does without scripts.
  }
}

// kept gives the names of all drafts on the device.
function kept(): string[] {
  try {
    return Object.keys(localStorage).filter((k) => k.startsWith(prefix));
  } catch {
    return [];
  }
}

// offer shows a draft beside its field. It replaces nothing by itself: the field may
// hold something newer by now.
function offer(field: HTMLTextAreaElement, name: string, draft: Draft): void {
  const note = document.createElement("p");
  note.className = "meta draft";
  note.setAttribute("role", "status");
  note.append("Here is text that was typed and not sent. ");
  const button = (words: string, act: () => void): HTMLButtonElement => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "btn btn--small";
    b.textContent = words;
    b.addEventListener("click", () => {
      act();
      note.remove();
    });
    return b;
  };
  note.append(
    button("Put it back", () => {
      field.value = draft.text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    }),
    " ",
    button("Let it go", () => write(name, undefined)),
  );
  field.after(note);
}

export function keepDrafts(): void {
  // A page that somebody comes to by sending a form, and that reports no problem, says
  // that the form arrived.
  const [visit] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (visit?.type === "navigate" && !document.querySelector("#problem")) {
    for (const name of kept()) if (read(name)?.sent) write(name, undefined);
  }
  for (const field of document.querySelectorAll("textarea")) {
    const name = nameOf(field);
    const draft = name && read(name);
    if (!name || !draft) continue;
    if (draft.text === field.value || draft.text.trim() === "") write(name, undefined);
    else offer(field, name, draft);
  }
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement)) return;
    const name = nameOf(field);
    if (name) write(name, field.value === field.defaultValue ? undefined : { text: field.value });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    for (const field of form.querySelectorAll("textarea")) {
      const name = nameOf(field);
      const draft = name && read(name);
      if (name && draft) write(name, { ...draft, sent: true });
    }
    // Signing out takes what was typed off the device.
    if (new URL(form.action, location.href).pathname === "/sign-out") for (const name of kept()) write(name, undefined);
  });
}

// The prose editor: CodeMirror over the field of a section. The field stays what the form
// sends and what other scripts look at; both always hold the same text. Notes on wording
// are underlined where they stand, and open in the margin.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, StateEffect, StateField, type Range } from "@codemirror/state";
import { Decoration, EditorView, keymap, type DecorationSet } from "@codemirror/view";

interface Note {
  id: string;
  from: number;
  to: number;
}

const setNotes = StateEffect.define<readonly Note[]>();
const setOpen = StateEffect.define<string>();

interface Marks {
  set: DecorationSet;
  open: string;
}

function decorate(notes: readonly Note[], open: string, length: number): DecorationSet {
  const marks: Range<Decoration>[] = [];
  for (const n of notes) {
    if (n.from >= n.to || n.to > length) continue;
    marks.push(Decoration.mark({ class: n.id === open ? "mark is-here" : "mark", attributes: { "data-note": n.id } }).range(n.from, n.to));
  }
  return Decoration.set(marks, true);
}

// notesIn gives the notes where they are now: edits move them.
function notesIn(set: DecorationSet): Note[] {
  const all: Note[] = [];
  for (const at = set.iter(); at.value; at.next()) {
    all.push({ id: String((at.value.spec as { attributes: Record<string, string> }).attributes["data-note"]), from: at.from, to: at.to });
  }
  return all;
}

const marks = StateField.define<Marks>({
  create: () => ({ set: Decoration.none, open: "" }),
  update: (was, tr) => {
    let { set, open } = was;
    set = set.map(tr.changes);
    for (const e of tr.effects) {
      if (e.is(setNotes)) set = decorate(e.value, open, tr.newDoc.length);
      if (e.is(setOpen)) {
        open = e.value;
        set = decorate(notesIn(set), open, tr.newDoc.length);
      }
    }
    return { set, open };
  },
  provide: (field) => EditorView.decorations.from(field, (m) => m.set),
});

const cards = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>("#notes details.finding")];

// notesOfMargin reads where the notes of the margin stand.
function notesOfMargin(): Note[] {
  return cards().map((c) => ({ id: c.id, from: Number(c.dataset["from"]), to: Number(c.dataset["to"]) }));
}

export function editProse(): void {
  const field = document.querySelector<HTMLTextAreaElement>("form#write textarea[name=body]");
  const place = document.querySelector<HTMLElement>("#editor");
  if (!field || !place) return;
  let syncing = false;
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        EditorView.cspNonce.of(place.dataset["nonce"] ?? ""),
        history(),
        keymap.of([...defaultKeymap, ...historyKeymap]), // Tab goes on to the next field
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "Text", spellcheck: "true", lang: document.documentElement.lang }),
        marks,
        EditorView.updateListener.of((update) => {
          if (!update.docChanged || syncing) return;
          syncing = true;
          field.value = update.state.doc.toString();
          field.dispatchEvent(new Event("input", { bubbles: true }));
          syncing = false;
        }),
        EditorView.domEventHandlers({
          blur: () => {
            field.dispatchEvent(new Event("blur"));
          },
          click: (event) => {
            const id = (event.target as Element).closest<HTMLElement>("[data-note]")?.dataset["note"];
            if (id) open(id, false);
          },
        }),
      ],
    }),
  });
  field.hidden = true;
  field.labels?.forEach((label) => label.addEventListener("click", () => view.focus()));

  // The field was changed by something else: a draft put back, another person's text.
  const follow = (): void => {
    if (syncing || field.value === view.state.doc.toString()) return;
    syncing = true;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: field.value } });
    syncing = false;
  };
  field.addEventListener("input", follow);
  document.addEventListener("debrief:drawn", () => {
    follow();
    mark();
  });

  const mark = (): void => {
    view.dispatch({ effects: [setNotes.of(notesOfMargin()), setOpen.of(cards().find((c) => c.open)?.id ?? "")] });
  };
  mark();
  document.addEventListener("debrief:notes", mark);
  document.addEventListener(
    "toggle",
    (event) => {
      const card = event.target as HTMLElement;
      if (card.matches("#notes details.finding")) view.dispatch({ effects: setOpen.of(cards().find((c) => c.open)?.id ?? "") });
    },
    true,
  );

  // open shows a note and its words; focus says whether the keyboard goes there.
  const open = (id: string, focus: boolean): void => {
    const card = document.getElementById(id);
    if (!(card instanceof HTMLDetailsElement)) return;
    for (const c of cards()) c.open = c === card;
    const at = notesIn(view.state.field(marks).set).find((n) => n.id === id);
    if (at) view.dispatch({ effects: EditorView.scrollIntoView(at.from, { y: "nearest" }) });
    const target = card.querySelector<HTMLElement>("button[value^='use.']") ?? card.querySelector<HTMLElement>("summary");
    if (focus) target?.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const all = cards();
    const here = all.findIndex((c) => c.open);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const inNote = all[here]?.contains(document.activeElement) ?? false;
      const next = all[inNote ? Math.min(Math.max(here + (event.key === "ArrowDown" ? 1 : -1), 0), all.length - 1) : Math.max(here, 0)];
      if (!next) return;
      event.preventDefault();
      open(next.id, true);
    } else if (event.code === "KeyK") {
      const keep = all[here]?.querySelector<HTMLDetailsElement>("details.keep");
      if (!keep) return;
      event.preventDefault();
      keep.open = true;
      keep.querySelector("input:not([type=hidden])")?.dispatchEvent(new Event("focus"));
      keep.querySelector<HTMLInputElement>("input.input")?.focus();
    }
  }, true);

  // Another wording is put in where the words stand now.
  document.addEventListener("click", (event) => {
    const use = (event.target as Element).closest<HTMLButtonElement>("#notes button[value^='use.']");
    const card = use?.closest<HTMLDetailsElement>("details.finding");
    if (!use || !card) return;
    const was = Number(card.dataset["from"]);
    const now = notesIn(view.state.field(marks).set).find((n) => n.id === card.id)?.from;
    if (now === undefined) return; // the server finds it
    const from = Number(use.dataset["from"]) + now - was;
    const to = Number(use.dataset["to"]) + now - was;
    if (from < 0 || to > view.state.doc.length || view.state.sliceDoc(from, to) !== use.dataset["old"]) return;
    event.preventDefault();
    const text = use.dataset["text"] ?? "";
    view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length } });
    view.focus();
  });
}

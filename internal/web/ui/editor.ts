// A section of the pre-read saves by itself: some seconds after the last word, and when
// the field is left. What could not be saved is tried again; meanwhile drafts.ts keeps it
// on the device. When somebody else saved first, nothing is written over: their text comes
// to stand beside what is written here, until one has chosen. Others are told, for half a
// minute, that somebody writes here.

const rest = 3000;
const again = 5000;
const pause = 600;
const stillHere = 10_000;

interface Saved {
  rev: string;
  at: string;
  body: string; // what the section says now, or the editor is to hold
}

export function saveByItself(): void {
  const form = document.querySelector<HTMLFormElement>("form#write");
  const field = form?.querySelector<HTMLTextAreaElement>("textarea[name=body]");
  const rev = form?.querySelector<HTMLInputElement>("input[name=rev]");
  const note = form?.querySelector<HTMLElement>("#saved");
  const beside = document.querySelector<HTMLElement>("#collision");
  if (!form || !field || !rev || !note || !beside) return;
  // While two texts stand side by side nothing saves by itself.
  let stopped = field.dataset["saved"] === "both";
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saving = false;
  let told = 0;
  // What the page shows after a look at the wording is not saved yet.
  let kept = field.dataset["saved"] === "yes" ? field.defaultValue : undefined;

  const say = (words: string): void => {
    if (note.textContent !== words) note.textContent = words;
  };
  const later = (wait: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), wait);
  };
  const save = async (): Promise<void> => {
    clearTimeout(timer);
    if (stopped || saving || field.value === kept) return;
    saving = true;
    const text = field.value;
    say("Saving…");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        redirect: "manual",
        headers: { Accept: "application/json" },
        body: new URLSearchParams({ rev: rev.value, body: text }),
      });
      if (answer.ok) {
        const saved = (await answer.json()) as Saved;
        rev.value = saved.rev;
        kept = text;
        field.defaultValue = text;
        say(`Saved at ${saved.at}.`);
        field.dispatchEvent(new Event("input", { bubbles: true })); // drafts.ts looks again
      } else if (answer.status === 409) {
        await collide();
      } else {
        stopped = true;
        say("Not saved. Press Save to see why. What you wrote is kept on this device.");
      }
    } catch {
      say("Not saved: the connection is lost. It is kept on this device.");
      later(again);
    } finally {
      saving = false;
    }
    if (!stopped && field.value !== kept && field.value !== text) later(rest);
  };

  // takeOver puts in what others have saved, as long as all that was typed here is saved.
  // A form in which something was typed is not drawn anew with the page (changes.ts): what
  // comes might be older than what this page saved meanwhile.
  const behind = (then: string | undefined): boolean => !stopped && !saving && field.value === kept && Number(then) > Number(rev.value);
  const takeOver = async (): Promise<void> => {
    if (!form.hasAttribute("hx-morph-skip")) kept = field.value; // it was drawn with the page
    if (!behind(document.querySelector<HTMLElement>(".texts")?.dataset["rev"])) return;
    const answer = await fetch(location.href, { redirect: "manual" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector<HTMLInputElement>("#write input[name=rev]")?.value;
    const text = page.querySelector<HTMLTextAreaElement>("#body")?.value;
    if (now === undefined || text === undefined || !behind(now)) return;
    rev.value = now;
    kept = field.defaultValue = field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  document.addEventListener("debrief:drawn", () => void takeOver().catch(() => undefined)); // the next drawing tries again

  const send = (fields: Record<string, string>, headers = {}): Promise<Response> =>
    fetch(form.action, { method: "POST", redirect: "manual", headers, body: new URLSearchParams({ rev: rev.value, body: field.value, ...fields }) });

  // collide puts the text of who saved first beside what is written here, where it stays
  // until one has chosen. What is typed and the focus stay as they are.
  const collide = async (): Promise<void> => {
    const answer = await send({});
    if (answer.type === "opaqueredirect") return location.reload(); // it is saved after all
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    stopped = true;
    const theirs = page.querySelector("#collision");
    const since = page.querySelector<HTMLInputElement>("#write input[name=rev]");
    if (!theirs?.firstElementChild || !since) return say("Not saved. Press Save to see why. What you wrote is kept on this device.");
    beside.replaceChildren(...theirs.childNodes);
    rev.value = since.value;
    say("Not saved: somebody saved meanwhile. Both texts stand side by side. Choose below theirs; you can go on writing until then.");
  };
  const choose = async (how: string): Promise<void> => {
    const text = field.value;
    say("Saving…");
    try {
      const answer = await send({ do: how }, { Accept: "application/json" });
      if (answer.status === 409) return await collide();
      if (!answer.ok) return say("Not saved. Both texts are still here.");
      const now = (await answer.json()) as Saved;
      beside.replaceChildren();
      rev.value = now.rev;
      kept = how === "both" ? undefined : now.body;
      if (kept !== undefined) field.defaultValue = kept;
      if (field.value === text) field.value = now.body;
      stopped = false;
      field.dispatchEvent(new Event("input", { bubbles: true })); // the editor and drafts.ts look again
      say(how === "both" ? "Both texts stand in one. Keep what is needed; it saves by itself." : `Saved at ${now.at}. The other text is an earlier version.`);
      (document.querySelector<HTMLElement>("#editor .cm-content") ?? field).focus();
    } catch {
      say("Not saved: the connection is lost. Both texts are still here; choose again when it is back.");
    }
  };
  beside.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[name=do]");
    if (!button) return;
    event.preventDefault();
    void choose(button.value);
  });

  // The notes in the margin follow what is typed, unless somebody is at work in them.
  let asked = field.value;
  let asks: ReturnType<typeof setTimeout> | undefined;
  const look = async (): Promise<void> => {
    const margin = document.querySelector<HTMLElement>("#notes");
    if (!margin || margin.contains(document.activeElement) || field.value === asked) return;
    const text = field.value;
    try {
      const answer = await fetch(form.action, { method: "POST", redirect: "manual", body: new URLSearchParams({ rev: rev.value, body: text, do: "look" }) });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#notes");
      if (!fresh || field.value !== text || margin.contains(document.activeElement)) return;
      asked = text;
      margin.replaceChildren(...fresh.childNodes);
      document.dispatchEvent(new Event("debrief:notes"));
    } catch {
      // Without a connection the notes stay as they are.
    }
  };
  document.addEventListener("keydown", (event) => {
    const reason = event.target;
    if (event.key !== "Enter" || !(reason instanceof HTMLInputElement) || !reason.name.startsWith("reason.")) return;
    event.preventDefault(); // the form's first button is Save
    reason.closest("details")?.querySelector("button")?.click();
  });

  const presence = `${form.action}/presence`;
  const here = (): void => {
    if (Date.now() - told < stillHere) return;
    told = Date.now();
    void fetch(presence, { method: "POST", redirect: "manual" }).catch(() => undefined);
  };
  field.addEventListener("input", () => {
    clearTimeout(asks);
    asks = setTimeout(() => void look(), pause);
    if (field.value === kept) return;
    here();
    if (!stopped) later(rest);
  });
  field.addEventListener("blur", () => void save());
  addEventListener("online", () => void save());
  form.addEventListener("submit", () => {
    stopped = true;
    clearTimeout(timer);
  });
  if (kept === undefined) form.setAttribute("hx-morph-skip", ""); // a drawing would take it away
  if (kept === undefined && !stopped) later(rest);
  addEventListener("pagehide", () => {
    if (told > 0) navigator.sendBeacon(presence, new URLSearchParams({ writes: "no" }));
  });
}

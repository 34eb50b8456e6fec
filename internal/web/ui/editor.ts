// A section of the pre-read saves by itself: some seconds after the last word, and when
// the field is left. What could not be saved is tried again; meanwhile drafts.ts keeps it
// on the device. When somebody else saved first, nothing is written over: Save shows both
// texts side by side. Others are told, for half a minute, that somebody writes here.

const rest = 3000;
const again = 5000;
const pause = 600;
const stillHere = 10_000;

interface Saved {
  rev: string;
  at: string;
}

export function saveByItself(): void {
  const form = document.querySelector<HTMLFormElement>("form#write");
  const field = form?.querySelector<HTMLTextAreaElement>("textarea[name=body]");
  const rev = form?.querySelector<HTMLInputElement>("input[name=rev]");
  const note = form?.querySelector<HTMLElement>("#saved");
  if (!form || !field || !rev || !note) return;
  // Where two texts wait to be made one, that is for Save.
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
      } else {
        stopped = true;
        say(
          answer.status === 409
            ? "Not saved: somebody saved meanwhile. Press Save to see both texts side by side. Yours is kept on this device."
            : "Not saved. Press Save to see why. What you wrote is kept on this device.",
        );
      }
    } catch {
      say("Not saved: the connection is lost. It is kept on this device.");
      later(again);
    } finally {
      saving = false;
    }
    if (!stopped && field.value !== kept && field.value !== text) later(rest);
  };

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
  if (kept === undefined && !stopped) later(rest);
  addEventListener("pagehide", () => {
    if (told > 0) navigator.sendBeacon(presence, new URLSearchParams({ writes: "no" }));
  });
}

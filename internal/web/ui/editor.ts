// A section of the pre-read saves by itself: some seconds after the last word, and when
// the field is left. What could not be saved is tried again; meanwhile drafts.ts keeps it
// on the device. When somebody else saved first, nothing is written over: Save shows both
// texts side by side. Others are told, for half a minute, that somebody writes here.

const rest = 3000;
const again = 5000;
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
  // Below a problem two texts wait to be made one: that is for Save.
  let stopped = document.querySelector("#problem") !== null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saving = false;
  let told = 0;
  let kept = field.defaultValue;

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

  const presence = `${form.action}/presence`;
  const here = (): void => {
    if (Date.now() - told < stillHere) return;
    told = Date.now();
    void fetch(presence, { method: "POST", redirect: "manual" }).catch(() => undefined);
  };
  field.addEventListener("input", () => {
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
  addEventListener("pagehide", () => {
    if (told > 0) navigator.sendBeacon(presence, new URLSearchParams({ writes: "no" }));
  });
}

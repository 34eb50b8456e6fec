// When the connection is lost the page says since when, and how much of what was typed
// is kept on the device until it can be sent.

// kept is in how many fields something waits; drafts.ts keeps it under these names.
function kept(): number {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith("debrief.draft:")).length;
  } catch {
    return 0;
  }
}

function words(since: Date): string {
  const clock = since.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const n = kept();
  const waits = n === 0 ? "What you type is kept on this device." : n === 1 ? "What you typed in one field is kept on this device." : `What you typed in ${n} fields is kept on this device.`;
  return `No connection since ${clock}. Go on writing. ${waits}`;
}

export function sayOffline(): void {
  const note = document.querySelector<HTMLElement>(".offline p");
  if (!note) return;
  let since: Date | undefined;
  const tell = (): void => {
    if (!("offline" in document.body.dataset)) {
      since = undefined;
      return;
    }
    since ??= new Date();
    const now = words(since);
    if (note.textContent !== now) note.textContent = now;
  };
  new MutationObserver(tell).observe(document.body, { attributeFilter: ["data-offline"] });
  document.addEventListener("input", () => setTimeout(tell)); // after drafts.ts has kept it
  addEventListener("offline", () => document.body.setAttribute("data-offline", ""));
  addEventListener("online", () => document.body.removeAttribute("data-offline"));
}

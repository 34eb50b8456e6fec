// A form that takes longer than a moment says so: the word of its button changes and
// a line fills. Nothing spins, and a second press does not send it twice.

const moment = 1000;

// twice is for how long a second press counts as the first one's echo. After that
// somebody means it: they may have stopped the browser from waiting.
const twice = 15_000;

// wordOf is what a button says while its form is on the way; a button may name its own.
function wordOf(button: HTMLButtonElement): string {
  return button.dataset["busy"] ?? "Working…";
}

export function showBusy(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method !== "post") return;
    if (form.hasAttribute("aria-busy")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    setTimeout(() => form.removeAttribute("aria-busy"), twice);
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    const word = button.textContent;
    const wait = setTimeout(() => {
      button.textContent = wordOf(button);
      button.classList.add("is-busy");
    }, moment);
    // A browser that comes back to the page finds it as it was.
    addEventListener(
      "pagehide",
      () => {
        clearTimeout(wait);
        button.textContent = word;
        button.classList.remove("is-busy");
        form.removeAttribute("aria-busy");
      },
      { once: true },
    );
  });
}

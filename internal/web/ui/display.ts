// Light, dark or as the system: the choice shows at once and the page stays where it
// is. Without scripts the same form loads the page again.

export function choose(): void {
  const form = document.querySelector<HTMLFormElement>("form.display");
  form?.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (!(pressed instanceof HTMLButtonElement)) return;
    event.preventDefault();
    if (pressed.value) document.documentElement.dataset["theme"] = pressed.value;
    else delete document.documentElement.dataset["theme"];
    for (const b of form.querySelectorAll("button")) b.setAttribute("aria-pressed", String(b === pressed));
    void fetch(form.action, { method: "POST", redirect: "manual", body: new URLSearchParams({ display: pressed.value }) });
  });
}

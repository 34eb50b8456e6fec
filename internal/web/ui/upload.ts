// Files and folders are dropped anywhere on the page of evidence, or chosen in its form,
// and sent in chunks with how far it is. What was cut off, by a lost connection, a closed
// tab or a server that was started again, goes on where it ended: by itself as long as
// the page is open, and when the same files are dropped again later.

interface Dropped {
  path: string; // relative, as the form of a folder has it
  file: File;
}

interface Plan {
  upload: string;
  chunk: number;
  have: number[];
  missing: number;
}

// Refused is an answer that trying again does not change.
class Refused extends Error {}

const sayOtherwise = "This was not taken. Reload the page, then drop the files again: what has arrived stays.";

export function takeFiles(): void {
  const form = document.querySelector<HTMLFormElement>("form#bring-files");
  const strip = document.querySelector<HTMLElement>("#sending");
  if (!form || !strip) return;
  const sender = new Sender(form.action.replace(/\/evidence$/, "/uploads"), strip);
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.id !== "bring-files") return;
    const files = [...form.querySelectorAll<HTMLInputElement>("input[type=file]")].flatMap((input) => [...(input.files ?? [])]);
    if (files.length === 0) return; // the server says that nothing was chosen
    event.preventDefault();
    void sender.send(files.map((file) => ({ path: file.webkitRelativePath || file.name, file }))).then(() => form.reset());
  });
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  let over = 0; // how deep in the page the drag is: it enters an element before it leaves the last
  const mark = (by: number): void => {
    over = by === 0 ? 0 : over + by;
    document.body.toggleAttribute("data-dropping", over > 0);
  };
  document.addEventListener("dragenter", (event) => carriesFiles(event) && mark(1));
  document.addEventListener("dragleave", (event) => carriesFiles(event) && mark(-1));
  document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    mark(0);
    if (!carriesFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    void collect(event.dataTransfer).then((files) => sender.send(files));
  });
}

// collect gives the files of a drop, those in folders with their paths.
async function collect(data: DataTransfer): Promise<Dropped[]> {
  // The items are gone once this function waits for anything.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files].map((file) => ({ path: file.name, file }));
  return (await Promise.all(entries.map(below))).flat();
}

async function below(entry: FileSystemEntry): Promise<Dropped[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: Dropped[] = [];
  for (;;) {
    // A reader gives some at a time, and none when it is through.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    for (const e of some) all.push(...(await below(e)));
  }
}

class Sender {
  private running: Promise<void> = Promise.resolve();
  private stop = new AbortController();

  constructor(
    private readonly address: string,
    private readonly strip: HTMLElement,
  ) {
    strip.querySelector("button")?.addEventListener("click", () => this.stop.abort());
    addEventListener("beforeunload", (event) => {
      if (this.strip.hasAttribute("data-busy")) event.preventDefault(); // the browser asks
    });
  }

  // send sends files after those that are on their way.
  send(files: Dropped[]): Promise<void> {
    this.running = this.running.then(() => this.sendNow(apart(files)));
    return this.running;
  }

  private async sendNow(files: Dropped[]): Promise<void> {
    this.stop = new AbortController();
    this.say("Looking at the files…");
    this.strip.hidden = false;
    this.busy(true);
    let left = "";
    try {
      const missing = await this.untilDone(files);
      if (missing > 0) left = `${missing === 1 ? "One file" : `${missing} files`} of this upload ${missing === 1 ? "is" : "are"} still to come. Drop ${missing === 1 ? "it" : "them"} too, or press “Read what is here”.`;
    } catch (error) {
      if (this.stop.signal.aborted) left = "Stopped. What has arrived stays: drop the same files again to go on.";
      else left = error instanceof Refused ? error.message : `A file could not be read on this device. ${sayOtherwise}`;
    }
    this.busy(false);
    if (left) this.say(left);
    else this.strip.hidden = true;
    document.dispatchEvent(new Event("debrief:look"));
  }

  // untilDone begins again, from what is here then, as often as the connection breaks.
  private async untilDone(files: Dropped[]): Promise<number> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.once(files, () => (tries = 0));
      } catch (error) {
        // Only what the network or the server could not do is worth another try.
        if (!(error instanceof TypeError) || this.stop.signal.aborted) throw error;
        this.say("No connection. What has arrived is kept, and sending goes on by itself.");
        await this.pause(Math.min(500 * 2 ** tries, 30_000));
      }
    }
  }

  private async once(files: Dropped[], came: () => void): Promise<number> {
    const plan = (await this.ask("POST", "", JSON.stringify(files.map(identity)))) as Plan;
    const total = files.reduce((sum, { file }) => sum + file.size, 0);
    let here = plan.have.reduce((sum, n) => sum + n, 0);
    const tell = (): void => this.show(`${mebi(here)} of ${mebi(total)}`, total > 0 ? here / total : 1);
    this.say(`Sending ${nameOf(files)}.`);
    tell();
    const send = async (i: number, dropped: Dropped): Promise<void> => {
      const { size } = dropped.file;
      let offset = plan.have[i] ?? 0;
      // A file that is empty is one empty chunk.
      while (offset < size || (size === 0 && offset === 0)) {
        const part = dropped.file.slice(offset, offset + plan.chunk);
        const query = new URLSearchParams(Object.entries({ ...identity(dropped), offset }).map(([k, v]) => [k, String(v)]));
        // Read first: a stream of a file that has changed looks like a lost connection.
        await this.ask("PUT", `/${plan.upload}/chunk?${query}`, await part.arrayBuffer());
        came();
        here += part.size;
        tell();
        if (size === 0) break;
        offset += part.size;
      }
    };
    await together(files, send);
    if (plan.missing === 0) await this.ask("POST", `/${plan.upload}/finish`);
    return plan.missing;
  }

  private async ask(method: string, path: string, body: BodyInit | null = null): Promise<unknown> {
    const answer = await fetch(this.address + path, { method, body, headers: { Accept: "application/json" }, signal: this.stop.signal });
    if (answer.status >= 500) throw new TypeError("the server could not");
    if (answer.redirected) throw new Refused("You are signed out. Sign in, then drop the same files again: what has arrived stays.");
    if (answer.headers.get("Content-Type") !== "application/json") throw new Refused(sayOtherwise);
    const told = (await answer.json()) as { say?: string; hint?: string };
    if (!answer.ok) throw new Refused([told.say, told.hint].filter(Boolean).join(" "));
    return told;
  }

  private pause(wait: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(go, wait);
      const signal = this.stop.signal;
      function go(): void {
        clearTimeout(timer);
        removeEventListener("online", go);
        signal.removeEventListener("abort", go);
        resolve();
      }
      addEventListener("online", go);
      signal.addEventListener("abort", go);
    });
  }

  private busy(is: boolean): void {
    this.strip.toggleAttribute("data-busy", is);
    const stop = this.strip.querySelector("button");
    if (stop) stop.hidden = !is;
  }

  private say(words: string): void {
    const note = this.strip.querySelector("p");
    if (note) note.textContent = words;
    this.show("");
  }

  // show tells how far it is. It is not read out: that would go on all the time.
  private show(far: string, part?: number): void {
    const amount = this.strip.querySelector<HTMLElement>(".sending__amount");
    const progress = this.strip.querySelector("progress");
    if (!amount || !progress) return;
    amount.textContent = far;
    progress.hidden = part === undefined;
    progress.value = part ?? 0;
  }
}

// together sends several files at a time: of many small ones each would wait for the way
// there and back. It ends when nothing is on its way any more, also if one broke.
async function together(files: Dropped[], send: (i: number, dropped: Dropped) => Promise<void>): Promise<void> {
  const atATime = 4;
  const queue = files.entries();
  let broken = false;
  const one = async (): Promise<void> => {
    for (const [i, dropped] of queue) {
      if (broken) return;
      try {
        await send(i, dropped);
      } catch (error) {
        broken = true;
        throw error;
      }
    }
  };
  for (const end of await Promise.allSettled(Array.from({ length: atATime }, one))) {
    if (end.status === "rejected") throw end.reason;
  }
}

// apart gives files of one name, chosen from several folders, a folder each.
function apart(files: Dropped[]): Dropped[] {
  const times = new Map<string, number>();
  return files.map(({ path, file }) => {
    const n = (times.get(path) ?? 0) + 1;
    times.set(path, n);
    return { path: n > 1 ? `${n}/${path}` : path, file };
  });
}

function identity({ path, file }: Dropped): { path: string; size: number; changed: number } {
  return { path, size: file.size, changed: file.lastModified };
}

function nameOf(files: Dropped[]): string {
  const first = files[0]?.path.split("/")[0] ?? "";
  return files.length > 1 && !files.every(({ path }) => path.startsWith(`${first}/`)) ? `${first} and ${files.length - 1} more` : first;
}

function mebi(n: number): string {
  return n < 1 << 20 ? `${Math.ceil(n / 1024)} KiB` : `${(n / (1 << 20)).toFixed(1)} MiB`;
}

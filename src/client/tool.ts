/**
 * What the tools of the site share: a list that a reader writes, pastes or drops, and a result beside it. Nothing that was
 * written is lost: the text is kept for the tab, and a list that cannot be read leaves everything as it stands.
 */

/** Calls `run` when `wait` milliseconds have passed since the last call. */
export function debounced(run: () => void, wait = 150): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
}

/** A text that survives a reload of this tab; storage can be switched off, then there is none. */
export function kept(key: string): { read(): string | null; write(text: string): void } {
  return {
    read: () => {
      try {
        return sessionStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write: (text) => {
      try {
        sessionStorage.setItem(key, text);
      } catch {
        // Full or switched off: the text then lasts as long as the page.
      }
    },
  };
}

/** A file that a reader chose or dropped. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function readAll(files: FileList): Promise<GivenFile[]> {
  return Promise.all(
    [...files].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
}

/** Files that are dropped anywhere on `target` or chosen with `input`. */
export function takeFiles(target: HTMLElement, input: HTMLInputElement, give: (files: GivenFile[]) => void): void {
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  target.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    target.dataset['over'] = '';
  });
  target.addEventListener('dragleave', (event) => {
    if (!target.contains(event.relatedTarget as Node | null)) delete target.dataset['over'];
  });
  target.addEventListener('drop', (event) => {
    delete target.dataset['over'];
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    void readAll(event.dataTransfer.files).then(give);
  });
  input.addEventListener('change', () => {
    if (input.files !== null) void readAll(input.files).then(give);
    // The same file may be chosen again after a change of it.
    void Promise.resolve().then(() => (input.value = ''));
  });
}

/** Milliseconds of work before the page may do something else. */
const SLICE = 30;

/**
 * Takes everything that `work` yields, in slices, and hands each slice over. A later call with the same `turn` object ends an
 * earlier one. Resolves to false where that happened.
 */
export async function inSlices<T>(
  work: Generator<T>,
  turn: { now: number },
  give: (items: T[]) => void,
): Promise<boolean> {
  const mine = ++turn.now;
  for (;;) {
    const end = performance.now() + SLICE;
    const items: T[] = [];
    let done = false;
    while (!done && performance.now() < end) {
      const next = work.next();
      if (next.done === true) done = true;
      else items.push(next.value);
    }
    if (turn.now !== mine) return false;
    give(items);
    if (done) return true;
    await new Promise((resolve) => setTimeout(resolve));
    if (turn.now !== mine) return false;
  }
}

/**
 * The buttons of the entries: up, down, remove. `entries` gives the list as it is now, which is changed in place; `changed`
 * draws it and passes it on. The focus stays where the reader was working: on the moved entry, or on the one that took the
 * removed one's place, or on `add`.
 */
export function takeActs(rows: HTMLElement, add: HTMLElement, entries: () => unknown[], changed: () => void): void {
  const act = (name: string, index: number): void => {
    const list = entries();
    if (!(index in list)) return;
    const [entry] = list.splice(index, 1);
    const to = name === 'up' ? index - 1 : name === 'down' ? index + 1 : undefined;
    if (to !== undefined) list.splice(to, 0, entry);
    changed();
    const place = rows.children[to ?? Math.min(index, list.length - 1)];
    const button =
      place?.querySelector<HTMLElement>(`[data-do="${name}"]`) ?? place?.querySelector<HTMLElement>('[data-do]');
    (button ?? add).focus();
  };
  rows.addEventListener('click', ({ target }) => {
    const button = (target as Element).closest<HTMLElement>('button[data-do]');
    const index = Number(button?.closest<HTMLElement>('[data-entry]')?.dataset['entry']);
    if (button) act(button.dataset['do'] ?? '', index);
  });
}

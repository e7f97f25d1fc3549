/**
 * The launch-digest tool: a form and a text that are two views of one list, and the digest as it grows. The text decides: the
 * form is filled from it and writes into it.
 */

import { Problem } from '../measurement/problem.ts';
import { type Draft, draftOf, entriesIn, entryOf, listText, nextGpa, withEntries } from '../measurement/snp/draft.ts';
import { EXAMPLE } from '../measurement/snp/example.ts';
import { type LaunchList, parseLaunch } from '../measurement/snp/list.ts';
import { gathered, type MeasuredPage, measure } from '../measurement/snp/measure.ts';
import { toDom } from './dom.ts';
import { type Field, row } from './launch-form.ts';
import { resultTree } from './launch-result.ts';
import { debounced, type GivenFile, inSlices, kept, takeActs, takeFiles } from './tool.ts';

const root = document.getElementById('tool') as HTMLElement;
const find = <T extends HTMLElement>(selector: string): T => root.querySelector<T>(selector) as T;
const rows = find('.rows');
const source = find<HTMLTextAreaElement>('textarea');
const complaint = find('[role="alert"]');
const result = document.getElementById('result') as HTMLElement;
const said = result.previousElementSibling as HTMLElement;
const store = kept('launch-digest');
const files = new Map<string, Uint8Array>();
const turn = { now: 0 };

/** The list as JSON where the text could be read as such, and the form's rows for it. */
let value: unknown = EXAMPLE;
let drafts: Draft[] = [];

function drawRows(): void {
  rows.replaceChildren(...drafts.map((draft, index) => toDom(row(draft, index, drafts.length))));
}

/** Says what is wrong and marks the entry; what was computed before stays, and says that it is of before. */
function complain(problem: Problem | undefined): void {
  complaint.textContent = problem?.message ?? '';
  source.setAttribute('aria-invalid', String(problem !== undefined));
  result.toggleAttribute('data-stale', problem !== undefined);
  for (const [index, one] of [...rows.children].entries()) one.toggleAttribute('data-wrong', index === problem?.entry);
}

/** Reads the text and measures it. */
function refresh(): void {
  store.write(source.value);
  let list: LaunchList;
  try {
    list = parseLaunch(source.value, (name) => files.get(name));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // What is still being measured is of an older list.
    turn.now++;
    complain(error);
    return;
  }
  void run(list);
}

async function run(list: LaunchList): Promise<void> {
  const pages: MeasuredPage[] = [];
  const total = list.entries.reduce((sum, { length }) => sum + length / 4096, 0);
  try {
    const whole = await inSlices(measure(list), turn, (more) => {
      for (const page of more) pages.push(page);
      said.textContent = `${pages.length} of ${total} pages measured`;
    });
    if (!whole) return;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    complain(error);
    return;
  }
  const report = gathered(list, pages);
  complain(undefined);
  said.textContent = `${pages.filter(({ status }) => status.code === 0).length} pages measured here`;
  result.replaceChildren(toDom(resultTree(report)));
}

const soon = debounced(refresh);

/** The text was changed: the form follows where the text can be read. */
function fromText(): void {
  try {
    value = JSON.parse(source.value);
    drafts = (entriesIn(value) ?? []).map(draftOf);
    drawRows();
  } catch {
    // The form keeps the last list that could be read; refresh says what is wrong with the text.
  }
}

/** The form was changed: the text follows. */
function fromForm(): void {
  value = withEntries(value, drafts.map(entryOf));
  source.value = listText(value);
  soon();
}

function setText(text: string): void {
  source.value = text;
  fromText();
  refresh();
}

function add(entry: object): void {
  drafts.push(draftOf(entry));
  drawRows();
  fromForm();
}

/** The address behind the last entry; zero where the list cannot be read. */
function newGpa(): string {
  try {
    return nextGpa(parseLaunch(source.value, (name) => files.get(name)).entries);
  } catch {
    return '0x0';
  }
}

function change(target: HTMLInputElement | HTMLSelectElement): void {
  const index = Number(target.closest<HTMLElement>('[data-entry]')?.dataset['entry']);
  const draft = drafts[index];
  const field = target.dataset['field'] as Field | undefined;
  if (draft === undefined || field === undefined) return;
  if (field === 'imi') draft.imi = (target as HTMLInputElement).checked;
  else draft[field] = target.value;
  if (field === 'kind') {
    draft.value = '';
    drawRows();
    rows.children[index]?.querySelector<HTMLElement>(`[data-field="${field}"]`)?.focus();
  }
  fromForm();
}

/** True where the list already asks for a file of this name. */
const asked = (name: string): boolean =>
  drafts.some((draft) => JSON.stringify(entryOf(draft)['data'] ?? '').includes(name));

/** A dropped list takes the place of the text; another file is a page, or what the list was waiting for. */
function take(given: readonly GivenFile[]): void {
  const lists = given.filter(({ name }) => name.endsWith('.json'));
  for (const { name, bytes } of given) if (!name.endsWith('.json')) files.set(name, bytes);
  const [list] = lists;
  if (list !== undefined) setText(new TextDecoder().decode(list.bytes));
  for (const { name } of given) {
    if (name.endsWith('.json') || asked(name)) continue;
    drafts.push(draftOf({ gpa: newGpa(), page_type: 'NORMAL', data: { kind: 'file', file: name } }));
    drawRows();
    fromForm();
    refresh();
  }
  refresh();
}

rows.addEventListener('input', ({ target }) => change(target as HTMLInputElement));
takeActs(
  rows,
  find('[data-do="add"]'),
  () => drafts,
  () => {
    drawRows();
    fromForm();
  },
);
find('[data-do="add"]').addEventListener('click', () => {
  add({ gpa: newGpa(), page_type: 'NORMAL', data: { kind: 'zero' } });
  rows.lastElementChild?.querySelector('input')?.focus();
});
find('[data-do="example"]').addEventListener('click', () => setText(listText(EXAMPLE)));
source.addEventListener('input', () => {
  fromText();
  soon();
});
takeFiles(root, find<HTMLInputElement>('input[type="file"]'), take);

root.hidden = false;
setText(store.read() ?? listText(EXAMPLE));

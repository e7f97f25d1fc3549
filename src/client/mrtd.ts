/**
 * The MRTD tool: a form and a text that are two views of one list, or a firmware image that was dropped, and the measurement in
 * both known orders. The text decides: the form is filled from it and writes into it. An image never takes the text's place.
 */
import { Problem } from '../measurement/problem.ts';
import { documentOfBytes, documentOfText, type MrtdDocument } from '../measurement/tdx/document.ts';
import {
  contentField,
  contentFrom,
  contentOf,
  type Entry,
  entriesIn,
  type ListKind,
  nextGpa,
  withEntries,
} from '../measurement/tdx/draft.ts';
import { CALLS_EXAMPLE, EXAMPLE, listText } from '../measurement/tdx/example.ts';
import { mrtdReport, namedAnswers } from '../measurement/tdx/report.ts';
import { toDom } from './dom.ts';
import { mrtdRow } from './mrtd-form.ts';
import { mrtdTree } from './mrtd-result.ts';
import { debounced, type GivenFile, kept, takeActs, takeFiles } from './tool.ts';

const root = document.getElementById('tool') as HTMLElement;
const find = <T extends HTMLElement>(selector: string): T => root.querySelector<T>(selector) as T;
const rows = find('.rows');
const source = find<HTMLTextAreaElement>('textarea');
const complaint = find('[role="alert"]');
const result = document.getElementById('result') as HTMLElement;
const said = result.previousElementSibling as HTMLElement;
const back = find<HTMLButtonElement>('[data-do="back"]');
const store = kept('mrtd');
const files = new Map<string, Uint8Array>();

let value: unknown = EXAMPLE;
let kind: ListKind = 'regions';
let entries: Entry[] = [];
/** The image that is shown instead of the list, if one was dropped. */
let image: GivenFile | undefined;

const drawRows = (): void =>
  rows.replaceChildren(...entries.map((entry, index) => toDom(mrtdRow(entry, kind, index, entries.length))));

/** Says what is wrong and marks the entry; what was computed before stays, and says that it is of before. */
function complain(problem: Problem | undefined): void {
  complaint.textContent = problem?.message ?? '';
  source.setAttribute('aria-invalid', String(problem !== undefined && image === undefined));
  result.toggleAttribute('data-stale', problem !== undefined);
  const wrong = image === undefined ? problem?.entry : undefined;
  for (const [index, one] of [...rows.children].entries()) one.toggleAttribute('data-wrong', index === wrong);
}

/** Measures the text, or the image. */
function refresh(): void {
  store.write(source.value);
  try {
    const document: MrtdDocument =
      image === undefined ? documentOfText(source.value, (name) => files.get(name)) : documentOfBytes(image.bytes);
    const report = mrtdReport(document);
    const answers = image === undefined ? namedAnswers(value, report) : [];
    complain(undefined);
    said.textContent = `${image === undefined ? 'The list' : image.name} was measured here.`;
    result.replaceChildren(toDom(mrtdTree(report, answers)));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    complain(error);
  }
}

const soon = debounced(refresh);

function showImage(file: GivenFile | undefined): void {
  image = file;
  back.hidden = file === undefined;
  root.toggleAttribute('data-image', file !== undefined);
  refresh();
}

/** The text was changed: the form follows where the text can be read. */
function fromText(): void {
  try {
    value = JSON.parse(source.value);
  } catch {
    // The form keeps the last list that could be read; refresh says what is wrong with the text.
    return;
  }
  const found = entriesIn(value);
  kind = found?.kind ?? kind;
  entries = [...(found?.entries ?? [])];
  drawRows();
}

/** The form was changed: the text follows. */
function fromForm(): void {
  value = withEntries(value, kind, entries);
  source.value = listText(value);
  if (image === undefined) soon();
  else showImage(undefined);
}

function setText(text: string): void {
  source.value = text;
  fromText();
  showImage(undefined);
}

function add(): void {
  const gpa = nextGpa(kind, entries);
  entries.push(
    kind === 'calls'
      ? { call: 'MEM.PAGE.ADD', gpa, page: { gen: 'zero' } }
      : { gpa, nr_pages: 1, measure: true, source: { gen: 'zero' } },
  );
  drawRows();
  fromForm();
  rows.lastElementChild?.querySelector<HTMLElement>('select, input')?.focus();
}

/** A number where the text is one, so that what is half written stays as it is and the message can name it. */
const plain = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

function change(target: HTMLInputElement | HTMLSelectElement): void {
  const index = Number(target.closest<HTMLElement>('[data-entry]')?.dataset['entry']);
  const entry = entries[index];
  const field = target.dataset['field'];
  if (entry === undefined || field === undefined) return;
  if (field === 'gen' || field === 'value') {
    const old = contentOf(entry, kind);
    const content = field === 'gen' ? { gen: target.value, value: '' } : { gen: old.gen, value: target.value };
    entry[contentField(kind)] = contentFrom(content);
  } else if (field === 'measure') entry['measure'] = (target as HTMLInputElement).checked;
  else if (field === 'count' && target.value.trim() === '') delete entry['count'];
  else if (field === 'count' || field === 'nr_pages') entry[field] = plain(target.value);
  else entry[field] = target.value;
  if (field === 'call') {
    if (target.value === 'MR.EXTEND') Object.assign(entry, { count: entry['count'] ?? 16 });
    if (target.value !== 'MEM.PAGE.ADD') delete entry['page'];
  }
  if (target.tagName === 'SELECT') {
    drawRows();
    rows.children[index]?.querySelector<HTMLElement>(`[data-field="${field}"]`)?.focus();
  }
  fromForm();
}

/** A dropped list takes the place of the text; a file that the list asks for is given to it; anything else is an image. */
function take(given: readonly GivenFile[]): void {
  const asked = ({ name }: GivenFile): boolean => JSON.stringify(entries).includes(JSON.stringify(name));
  for (const file of given) {
    if (file.name.endsWith('.json')) setText(new TextDecoder().decode(file.bytes));
    else if (asked(file)) {
      files.set(file.name, file.bytes);
      showImage(undefined);
    } else showImage(file);
  }
}

rows.addEventListener('input', ({ target }) => change(target as HTMLInputElement));
takeActs(
  rows,
  find('[data-do="add"]'),
  () => entries,
  () => {
    drawRows();
    fromForm();
  },
);
find('[data-do="add"]').addEventListener('click', add);
find('[data-do="regions"]').addEventListener('click', () => setText(listText(EXAMPLE)));
find('[data-do="calls"]').addEventListener('click', () => setText(listText(CALLS_EXAMPLE)));
back.addEventListener('click', () => {
  showImage(undefined);
  source.focus();
});
source.addEventListener('input', () => {
  fromText();
  if (image === undefined) soon();
  else showImage(undefined);
});
takeFiles(root, find<HTMLInputElement>('input[type="file"]'), take);

root.hidden = false;
setText(store.read() ?? listText(EXAMPLE));

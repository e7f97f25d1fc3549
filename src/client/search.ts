/**
 * Search, loaded when the reader turns to the box: Pagefind's plain interface behind our own list. The box is a
 * combobox: arrows choose, Enter opens, Escape closes; every result is an ordinary link.
 */

interface SubResult {
  readonly title: string;
  readonly url: string;
  readonly excerpt: string;
}

interface PageResult {
  readonly url: string;
  readonly meta: Record<string, string>;
  readonly sub_results: readonly SubResult[];
  readonly excerpt: string;
}

interface Pagefind {
  options(options: Record<string, unknown>): Promise<void>;
  search(text: string, options: { filters: object }): Promise<{ results: readonly Found[] }>;
}

interface Found {
  data(): Promise<PageResult>;
}

/** Most results shown of each kind. */
const MOST = { prose: 7, claims: 3, computed: 2 };

/** The best of what is not prose are looked at to find the best claims, recordings and comparisons among them. */
const LOOKED_AT = 8;

const PROSE = { prose: 'yes' };

const base = document.documentElement.dataset['base'] ?? '/';
const input = document.getElementById('find') as HTMLInputElement;
const list = document.getElementById('found') as HTMLElement;
const panel = list.parentElement as HTMLElement;
const status = panel.querySelector('[role=status]') as HTMLElement;

const SECTIONS: Record<string, string> = {
  history: 'History',
  threads: 'Thread',
  mechanisms: 'Mechanism',
  questions: 'Question',
  c: 'Claim',
  evidence: 'Evidence',
  compare: 'Comparison',
};

let engine: Promise<Pagefind> | undefined;
const load = (): Promise<Pagefind> => {
  engine ??= (import(/* @vite-ignore */ `${base}pagefind/pagefind.js`) as Promise<Pagefind>).then(async (pagefind) => {
    await pagefind.options({ baseUrl: base, excerptLength: 24, ranking: { pageLength: 0.3, termFrequency: 0.6 } });
    return pagefind;
  });
  // A failed load is tried again with the next key.
  engine.catch(() => {
    engine = undefined;
  });
  return engine;
};

let active = -1;
const options = (): HTMLAnchorElement[] => [...list.querySelectorAll<HTMLAnchorElement>('[role=option]')];

function open(show: boolean): void {
  panel.hidden = !show;
  input.setAttribute('aria-expanded', String(show));
  if (!show) choose(-1);
}

function choose(index: number): void {
  const all = options();
  active = all.length === 0 ? -1 : Math.max(-1, Math.min(index, all.length - 1));
  for (const [at, option] of all.entries()) option.setAttribute('aria-selected', String(at === active));
  const chosen = all[active];
  if (chosen === undefined) input.removeAttribute('aria-activedescendant');
  else {
    input.setAttribute('aria-activedescendant', chosen.id);
    chosen.scrollIntoView({ block: 'nearest' });
  }
}

/** Pagefind's excerpt is escaped text with `<mark>` around the words found; only that much is let through. */
function excerpt(html: string): DocumentFragment {
  const parsed = new DOMParser().parseFromString(html, 'text/html').body;
  const fragment = document.createDocumentFragment();
  for (const node of parsed.childNodes) {
    const text = node.textContent ?? '';
    if (node.nodeName === 'MARK') fragment.append(Object.assign(document.createElement('mark'), { textContent: text }));
    else fragment.append(text);
  }
  return fragment;
}

function option(text: string, page: PageResult, index: number): HTMLLIElement {
  const kind = page.url.slice(base.length).split('/')[0] ?? '';
  const section = SECTIONS[kind];
  // A claim is one sentence: its page is the place, whatever part of it was hit.
  const sections = kind === 'c' ? [] : page.sub_results;
  const named = sections.find((sub) => sub.title.toLowerCase() === text.toLowerCase());
  const best = named ?? sections.find((sub) => sub.excerpt.includes('<mark>')) ?? sections[0];
  const title = page.meta['title'] ?? page.url;
  const link = document.createElement('a');
  link.id = `found-${index}`;
  link.href = best?.url ?? page.url;
  link.tabIndex = -1;
  link.setAttribute('role', 'option');
  link.setAttribute('aria-selected', 'false');
  const head = document.createElement('b');
  const where = document.createElement('small');
  where.textContent = [
    best !== undefined && best.title !== title ? ` › ${best.title}` : '',
    section ? ` · ${section}` : '',
  ].join('');
  head.append(title, where);
  link.append(head, excerpt(best?.excerpt ?? page.excerpt));
  const item = document.createElement('li');
  item.setAttribute('role', 'none');
  item.append(link);
  return item;
}

const isClaim = (page: PageResult): boolean => page.url.startsWith(`${base}c/`);
const dataOf = (found: readonly Found[], most: number): Promise<PageResult[]> =>
  Promise.all(found.slice(0, most).map((result) => result.data()));

/** Beginnings that a result has to show; a word that is nowhere would else be found by its first letter. */
const beginnings = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 3));

function shows(page: PageResult, wanted: readonly string[]): boolean {
  const shown = [page.meta['title'] ?? '', page.excerpt, ...page.sub_results.map((sub) => sub.title + sub.excerpt)];
  const text = shown.join(' ').toLowerCase();
  return wanted.some((beginning) => text.includes(beginning));
}

/** The best of each kind, prose first; who types the id of a claim wants the claim first. */
async function find(text: string): Promise<{ total: number; pages: PageResult[] }> {
  const pagefind = await load();
  const [inProse, inRest] = await Promise.all([
    pagefind.search(text, { filters: PROSE }),
    pagefind.search(text, { filters: { not: PROSE } }),
  ]);
  const looked = await Promise.all([dataOf(inProse.results, MOST.prose), dataOf(inRest.results, LOOKED_AT)]);
  const wanted = beginnings(text);
  const [prose = [], rest = []] = looked.map((found) => found.filter((page) => shows(page, wanted)));
  const claims = rest.filter(isClaim).slice(0, MOST.claims);
  const computed = rest.filter((page) => !isClaim(page)).slice(0, MOST.computed);
  const total = prose.length + rest.length === 0 ? 0 : inProse.results.length + inRest.results.length;
  const isId = /^[a-z0-9]+(-[a-z0-9]+)*-\d+$/i.test(text);
  return { total, pages: isId ? [...claims, ...prose, ...computed] : [...prose, ...claims, ...computed] };
}

/** Counts the queries, so that a slow answer never overwrites a later one. */
let asked = 0;

async function ask(): Promise<void> {
  const text = input.value.trim();
  asked += 1;
  const turn = asked;
  if (text === '') {
    list.replaceChildren();
    open(false);
    return;
  }
  try {
    const { total, pages } = await find(text);
    if (turn !== asked) return;
    list.replaceChildren(...pages.map((page, index) => option(text, page, index)));
    const count = total === 1 ? '1 result' : `${total || 'No'} results`;
    const more = total > pages.length ? `, the best ${pages.length} shown` : '';
    status.textContent = `${count} for “${text}”${more}`;
  } catch {
    if (turn !== asked) return;
    list.replaceChildren();
    status.textContent = 'The search index could not be loaded.';
  }
  open(true);
  choose(-1);
}

let waiting: ReturnType<typeof setTimeout> | undefined;
input.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => void ask(), 80);
});

input.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    if (panel.hidden) {
      if (input.value.trim() !== '') void ask();
      return;
    }
    event.preventDefault();
    choose(active + (event.key === 'ArrowDown' ? 1 : -1));
  } else if (event.key === 'Enter') {
    const chosen = options()[Math.max(active, 0)];
    if (!panel.hidden && chosen !== undefined) chosen.click();
  } else if (event.key === 'Escape') {
    if (panel.hidden) input.value = '';
    open(false);
    event.preventDefault();
  }
});

addEventListener('pointerdown', (event) => {
  if (!panel.hidden && !event.composedPath().includes(panel.parentElement as HTMLElement)) open(false);
});
panel.parentElement?.addEventListener('focusout', (event) => {
  const next = event.relatedTarget;
  if (next instanceof Node && !panel.parentElement?.contains(next)) open(false);
});
list.addEventListener('click', () => open(false));

void load();
if (input.value !== '') void ask();

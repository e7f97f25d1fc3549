/** What is where: the sections, their pages in order, what comes before and after a page. */

import { type CollectionEntry, getCollection } from 'astro:content';
import { existsSync } from 'node:fs';

export type Doc = CollectionEntry<'docs'>;

export interface Section {
  /** First part of the address: `history`. */
  readonly id: string;
  readonly title: string;
  /** One sentence for the section's own page. */
  readonly about: string;
  /** Headings over runs of pages: the pages whose `order` is at most `upTo` and above that of the heading before. */
  readonly headings?: readonly { readonly title: string; readonly upTo: number }[];
}

export const SECTIONS: readonly Section[] = [
  {
    id: 'history',
    title: 'History',
    about: 'How each way of keeping guest memory from the host came about, in the order in which it was proposed.',
  },
  {
    id: 'threads',
    title: 'Threads',
    about: 'Mailing-list threads, message by message: who argued what, why, and what became of it.',
  },
  {
    id: 'mechanisms',
    title: 'Mechanisms',
    about: 'How each mechanism works, as a reference: calls, arguments, errors, and the rules behind them.',
    headings: [
      { title: 'Files in memory', upTo: 39 },
      { title: 'KVM', upTo: 59 },
      { title: 'AMD SEV and SEV-SNP', upTo: 79 },
      { title: 'Intel TDX', upTo: 99 },
    ],
  },
  {
    id: 'questions',
    title: 'Questions',
    about: 'One design question on each page, followed through every generation.',
  },
];

/** Pages beside the sections, if they are there; those that are not for the header stand at the foot of every page. */
const EXTRA = [
  { path: '/compare', title: 'Compare', file: 'src/pages/compare', header: true },
  { path: '/timeline', title: 'Timeline', file: 'src/pages/timeline', header: true },
  { path: '/evidence', title: 'Evidence', file: 'src/pages/evidence', header: true },
  { path: '/tools', title: 'Tools', file: 'src/pages/tools', header: true },
  { path: '/launch-digest', title: 'Launch digest', file: 'src/pages/launch-digest', header: false },
  { path: '/mrtd', title: 'MRTD', file: 'src/pages/mrtd', header: false },
  { path: '/glossary', title: 'Glossary', file: 'src/pages/glossary', header: true },
  { path: '/claims', title: 'Claims', file: 'src/pages/claims', header: false },
  { path: '/sources', title: 'Sources', file: 'src/pages/sources', header: false },
  { path: '/about', title: 'About', file: 'content/docs/about', header: true },
];

export interface Link {
  readonly path: string;
  readonly title: string;
}

/** The section of a page: `history` of `history/a-seal-for-guests`. */
export const sectionOf = (id: string): Section | undefined =>
  SECTIONS.find((section) => id.startsWith(`${section.id}/`));

/** The pages of a section in reading order. */
export async function pagesOf(section: string): Promise<Doc[]> {
  const docs = await getCollection('docs', ({ id }) => id.startsWith(`${section}/`));
  return docs.sort(
    (a, b) =>
      (a.data.year ?? 9999) - (b.data.year ?? 9999) ||
      (a.data.order ?? 999) - (b.data.order ?? 999) ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Pages of a section below one heading; a section without headings is one group without a title. */
export interface Group {
  readonly title?: string;
  readonly pages: readonly Doc[];
}

/** The pages of a section below its headings, in reading order. A page below no heading is an error that names it. */
export async function groupsOf(section: Section): Promise<Group[]> {
  const pages = await pagesOf(section.id);
  const { headings } = section;
  if (headings === undefined) return [{ pages }];
  const headingOf = ({ data }: Doc) => headings.find(({ upTo }) => (data.order ?? Number.POSITIVE_INFINITY) <= upTo);
  const lost = pages.find((page) => headingOf(page) === undefined);
  if (lost !== undefined) throw new Error(`${lost.id}: its order is behind the last heading of "${section.title}"`);
  return headings
    .map((heading) => ({ title: heading.title, pages: pages.filter((page) => headingOf(page) === heading) }))
    .filter((group) => group.pages.length > 0);
}

/** A section or a page beside the sections. */
export interface Entry extends Link {
  readonly header: boolean;
}

/** The site from above, only what exists. */
export async function siteMap(): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const { id, title } of SECTIONS) {
    if ((await pagesOf(id)).length > 0) entries.push({ path: `/${id}`, title, header: true });
  }
  for (const { path, title, file, header } of EXTRA) {
    const exists = ['.astro', '.mdx', '/index.astro'].some((end) => existsSync(file + end));
    if (exists) entries.push({ path, title, header });
  }
  return entries;
}

/** The pages before and after this one in its section. */
export async function neighbors(id: string): Promise<{ previous?: Link; next?: Link }> {
  const section = sectionOf(id);
  if (section === undefined) return {};
  const pages = await pagesOf(section.id);
  const at = pages.findIndex((page) => page.id === id);
  const link = (doc: Doc | undefined): Link | undefined => doc && { path: `/${doc.id}`, title: doc.data.title };
  const previous = link(pages[at - 1]);
  const next = link(pages[at + 1]);
  return { ...(previous && { previous }), ...(next && { next }) };
}

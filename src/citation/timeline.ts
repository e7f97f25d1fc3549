/** The dated events of the story: content/records/timeline.json, checked, each with the address where it can be read. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problems } from './problems.ts';
import { lineInRecords } from './records.ts';
import { commitUrl, messageUrl } from './refs.ts';
import type { SourceRecord } from './types.ts';

/** Where the events stand. */
export const TIMELINE_FILE = 'content/records/timeline.json';

/** Kinds of event, each with its name for a reader. */
export const EVENT_KINDS = {
  'patch-series': 'patch series',
  message: 'message',
  commit: 'commit',
  release: 'release',
  article: 'article',
  talk: 'talk',
} as const;

/** The designs to which events belong, in the order of the story, each with its name for a reader. */
export const EVENT_GENERATIONS = {
  memfd: 'memfd and seals',
  sev: 'SEV, mapped memory',
  secretmem: 'memfd_secret',
  'sev-mirroring': 'SEV mirroring and moves',
  poison: 'poisoned pages',
  'f-seal-guest': 'F_SEAL_GUEST',
  'f-seal-inaccessible': 'F_SEAL_INACCESSIBLE',
  'mfd-inaccessible': 'MFD_INACCESSIBLE',
  restrictedmem: 'memfd_restricted',
  'guest-memfd': 'guest_memfd, 6.8',
  'snp-launch': 'SNP launch',
  'tdx-mmu': 'TDX and the mirror',
  'guest-memfd-mmap': 'guest_memfd with a mapping',
  'in-place': 'in-place conversion',
  beside: 'beside the story',
} as const;

/** An event as it stands in the file. */
export interface EventRecord {
  readonly id: string;
  /** ISO date, to the day, the month or the year. */
  readonly date: string;
  readonly kind: keyof typeof EVENT_KINDS;
  readonly generation: keyof typeof EVENT_GENERATIONS;
  readonly title: string;
  readonly people: readonly string[];
  /** `msg:`, `commit:` or `src:`; empty only where `url` is given. */
  readonly from: readonly string[];
  readonly summary: string;
  readonly url?: string;
  /** Release that has it. */
  readonly kernel?: string;
  /** What is not verified: the date, or all of it. */
  readonly uncertain?: 'date' | 'all';
}

/** An event with the places where it can be read. */
export interface TimelineEvent extends EventRecord {
  readonly links: readonly { readonly word: string; readonly url: string }[];
}

function linkOf(ref: string, sources: ReadonlyMap<string, SourceRecord>): { word: string; url?: string } | string {
  const [kind, key] = [ref.slice(0, ref.indexOf(':')), ref.slice(ref.indexOf(':') + 1)];
  if (kind === 'msg' && /^[^\s<>]+@[^\s<>]+$/.test(key)) return { word: 'message', url: messageUrl(key) };
  if (kind === 'commit' && /^[0-9a-f]{12,40}$/.test(key)) return { word: 'commit', url: commitUrl(key) };
  const source = kind === 'src' ? sources.get(key) : undefined;
  if (source === undefined) return `"${ref}" is no message, commit or known source`;
  return { word: source.title, ...(source.url === undefined ? {} : { url: source.url }) };
}

/** Reads the events below `root`, oldest first, and adds what is wrong with them to `problems`. */
export function readTimeline(
  root: string,
  sources: ReadonlyMap<string, SourceRecord>,
  problems: Problems,
): TimelineEvent[] {
  const file = join(root, TIMELINE_FILE);
  if (!existsSync(file)) return [];
  const records = JSON.parse(readFileSync(file, 'utf8')) as EventRecord[];
  const seen = new Set<string>();
  const events = records.map((event): TimelineEvent => {
    const wrong = (text: string): void => {
      problems.add(TIMELINE_FILE, lineInRecords(root, 'timeline.json', event.id), `${event.id}: ${text}`);
    };
    if (seen.has(event.id)) wrong('stands twice');
    seen.add(event.id);
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(event.id)) wrong('an id is lower-case words joined by -');
    if (!/^\d{4}(-\d\d(-\d\d)?)?$/.test(event.date)) wrong(`"${event.date}" is not an ISO date`);
    if (!Object.hasOwn(EVENT_KINDS, event.kind)) wrong(`unknown kind "${event.kind}"`);
    if (!Object.hasOwn(EVENT_GENERATIONS, event.generation)) wrong(`unknown generation "${event.generation}"`);
    for (const field of ['title', 'summary'] as const) {
      if (typeof event[field] !== 'string' || event[field].trim() === '') wrong(`"${field}" must be text`);
    }
    if (event.from.length === 0 && event.url === undefined)
      wrong('has no source: an event that cannot be cited stays out');
    const links = event.from.flatMap((ref) => {
      const link = linkOf(ref, sources);
      if (typeof link === 'string') wrong(link);
      return typeof link === 'string' || link.url === undefined ? [] : [{ word: link.word, url: link.url }];
    });
    const own = event.url === undefined ? [] : [{ word: EVENT_KINDS[event.kind], url: event.url }];
    return { ...event, links: [...links, ...own] };
  });
  return events.sort((a, b) => (a.date === b.date ? 0 : a.date < b.date ? -1 : 1));
}

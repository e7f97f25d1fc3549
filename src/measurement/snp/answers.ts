/** The answers that a list names beside its pages, held against what the model gave. */
import { sha384 } from '@noble/hashes/sha2.js';
import { hexOf } from '../../model/digest.ts';
import { SNP_PAGE_TYPE_VMSA } from '../../model/sev/page-info.ts';
import { PAGE } from '../../model/units.ts';
import type { Fields } from '../fields.ts';
import type { LaunchEntry } from './list.ts';
import type { LaunchReport, MeasuredPage } from './measure.ts';

/** One answer of the list and the model's; `found` is undefined where the model has none. */
export interface Answer {
  readonly field: string;
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

/** Digests may be written with capitals, 0x and spaces, as the bytes of a page may. */
function asText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const digits = String(value).replace(/\s+/g, '').toLowerCase().replace(/^0x/, '');
  return /^[0-9a-f]+$/.test(digits) ? digits : String(value);
}

/** Every answer that the list names: contents, digests between, status, final digests. */
export function answers({ list, entries, digest, imd }: LaunchReport): Answer[] {
  const own = list.entries.flatMap((entry, index) =>
    entryAnswers(entry, entries[index] ?? [], before(entries, index) ?? hexOf(list.initial ?? new Uint8Array(48))),
  );
  const of = (field: string, expected: unknown, value: () => Uint8Array | undefined): Answer[] => {
    if (expected === undefined) return [];
    const bytes = value();
    return [{ field, expected: asText(expected), found: bytes && hexOf(bytes) }];
  };
  return [
    ...own,
    ...of('contents if not cleared', list.written['contents_if_not_cleared'], () => notCleared(list.entries)),
    ...of('launch digest', list.written['launch_digest'], () => digest),
    ...of('IMI digest', list.written['imd'], () => imd),
  ];
}

/** The digest before an entry, where an entry before it has one. */
function before(entries: LaunchReport['entries'], index: number): string | undefined {
  const last = entries.slice(0, index).flat().at(-1);
  return last && hexOf(last.digest);
}

function entryAnswers(entry: LaunchEntry, pages: readonly MeasuredPage[], start: string): Answer[] {
  const { written, name } = entry;
  const last = pages.at(-1);
  const found: Answer[] = [];
  const add = (what: string, expected: unknown, value: Uint8Array | string | undefined): void => {
    if (expected === undefined) return;
    found.push({
      field: `${name}: ${what}`,
      expected: asText(expected),
      found: value instanceof Uint8Array ? hexOf(value) : value,
    });
  };
  if (last !== undefined && (written['firmware_status'] !== undefined || 'digest_after' in written)) {
    add('status', written['firmware_status'] ?? 'SUCCESS', last.status.name);
  }
  add('contents', written['contents'], last?.contents);
  for (const [index, one] of items(written['contents_each_4k'])) add(`contents ${index}`, one, pages[index]?.contents);
  for (const one of samples(written['contents_samples'])) {
    add(`contents ${one.index}`, one.fields['contents'], pages[one.index]?.contents);
  }
  for (const [index, one] of items(written['digest_after_each_4k'])) add(`digest ${index}`, one, pages[index]?.digest);
  for (const one of samples(written['digest_samples'])) {
    add(`digest ${one.index}`, one.fields['digest_after'], pages[one.index]?.digest);
  }
  add('digest after', written['digest_after'], last?.digest);
  add('IMI digest after', written['imd_after'], last?.imd);
  if (last !== undefined) {
    add('digest changed', written['digest_changed'], String(hexOf(last.digest) !== start));
  }
  return found;
}

/** What a tool gets that hashes the first register page as it stands, without clearing what the firmware clears. */
function notCleared(entries: readonly LaunchEntry[]): Uint8Array | undefined {
  const bytes = entries.find(({ page_type }) => page_type === SNP_PAGE_TYPE_VMSA)?.bytes();
  return bytes && sha384(bytes.subarray(0, PAGE));
}

const items = (value: unknown): [number, unknown][] => (Array.isArray(value) ? [...value.entries()] : []);

function samples(value: unknown): { readonly index: number; readonly fields: Fields }[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: Fields) => ({ index: Number(one['index']), fields: one }));
}

/**
 * What a person gives to be measured: a list of calls, a list of regions, or a firmware image (its bytes, or a rule that makes
 * them). The page, the command and the replay of the vectors read it here and nowhere else.
 */
import { type Content, zeros } from '../../model/tdx/content.ts';
import { NoTdvf, parseTdvf, type Tdvf } from '../../model/tdx/tdvf.ts';
import type { FileReader } from '../bytes.ts';
import {
  type Fields,
  fail,
  hexBytes,
  integer,
  list,
  object,
  onlyFields,
  type Place,
  quoted,
  small,
} from '../fields.ts';
import { readJson } from '../json.ts';
import { Problem } from '../problem.ts';
import { content } from './content.ts';

export const CALLS = [
  'MEM.PAGE.ADD',
  'MR.EXTEND',
  'MR.FINALIZE',
  'MEM.SEPT.ADD',
  'MEM.PAGE.REMOVE',
  'MEM.PAGE.AUG',
  'MEM.PAGE.RELOCATE',
  'MEM.RANGE.BLOCK',
  'MEM.RANGE.UNBLOCK',
] as const;

export type CallName = (typeof CALLS)[number];

/** One entry of a list of calls; `count` of them, each `stride` bytes further on. */
export interface CallEntry {
  readonly call: CallName;
  readonly gpa: bigint;
  readonly count: number;
  readonly stride: bigint;
  readonly level: number;
  /** The page's content at this address; by address, because a seed may hold it. */
  readonly page: (gpa: bigint) => Content;
  /** The guest page whose physical page is named as the target. */
  readonly target_of?: bigint;
  readonly vcpus: number;
}

export interface RegionEntry {
  readonly gpa: bigint;
  readonly nr_pages: number;
  readonly measure: boolean;
  readonly source: Content;
}

export interface CallsDocument {
  readonly kind: 'calls';
  readonly gpaw: 0 | 1;
  readonly entries: readonly CallEntry[];
}

export interface RegionsDocument {
  readonly kind: 'regions';
  readonly gpaw: 0 | 1;
  readonly entries: readonly RegionEntry[];
}

export interface ImageDocument {
  readonly kind: 'image';
  readonly image: Uint8Array;
  readonly tdvf: Tdvf;
}

export type MrtdDocument = CallsDocument | RegionsDocument | ImageDocument;

const noFile: FileReader = () => undefined;
const whole: Place = { name: 'The list' };
/** Most calls of a list, counted one by one: a page of a browser has to stay alive. */
const MOST_CALLS = 200_000;

/** Bytes of a file: JSON if it begins like JSON, else a firmware image. Throws Problem. */
export function documentOfBytes(bytes: Uint8Array, read: FileReader = noFile): MrtdDocument {
  // Some editors put a byte order mark before the text; the decoder leaves it out.
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const start = bytes.subarray(marked ? 3 : 0).find((byte) => byte > 0x20);
  if (start === 0x7b || start === 0x5b) return documentOfText(new TextDecoder().decode(bytes), read);
  if (bytes.length === 0) throw new Problem('The file is empty.');
  if (bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d)))
    throw new Problem('There is no TDVF metadata: this is text, and a list in JSON begins with { or [.');
  return imageDocument(bytes);
}

/** JSON text. Throws Problem. */
export function documentOfText(source: string, read: FileReader = noFile): MrtdDocument {
  if (source.trim() === '') throw new Problem('There is nothing to measure: give a list of calls or of regions.');
  return documentOf(readJson(source), read);
}

/** A value as JSON gives it. Throws Problem. */
export function documentOf(value: unknown, read: FileReader = noFile): MrtdDocument {
  if (Array.isArray(value)) return listDocument(value, 0, read);
  const fields = object(value, whole, 'The input');
  const vectors = fields['vectors'];
  if (Array.isArray(vectors)) {
    if (vectors.length === 1) return documentOf(vectors[0], read);
    throw new Problem(`This is a file of ${vectors.length} vectors; give one of them.`);
  }
  const kinds = ['calls', 'regions', 'image'].filter((kind) => fields[kind] !== undefined);
  if (kinds.length > 1) throw new Problem(`The input has ${kinds.join(' and ')}; give one of them.`);
  const gpaw = gpawOf(fields);
  // A vector may say more of its entries than is read here; in a list of somebody's own it is a misspelling.
  const own = fields['id'] === undefined;
  if (fields['calls'] !== undefined) return callsDocument(list(fields['calls'], whole, 'calls'), gpaw, read, own);
  if (fields['regions'] !== undefined)
    return regionsDocument(list(fields['regions'], whole, 'regions'), gpaw, read, own);
  if (fields['image'] !== undefined) return imageDocument(imageBytes(fields['image'], read));
  throw new Problem('The input has neither calls nor regions nor an image.');
}

function listDocument(items: readonly unknown[], gpaw: 0 | 1, read: FileReader): MrtdDocument {
  if (items.length === 0) return { kind: 'calls', gpaw, entries: [] };
  const first = object(items[0], { name: 'entry 1', entry: 0 }, 'it');
  return 'nr_pages' in first ? regionsDocument(items, gpaw, read, true) : callsDocument(items, gpaw, read, true);
}

function gpawOf(fields: Fields): 0 | 1 {
  if (fields['td'] === undefined) return 0;
  const gpaw = small(object(fields['td'], whole, 'td')['gpaw'] ?? 0, whole, 'td.gpaw', 1);
  return gpaw === 1 ? 1 : 0;
}

const U64 = (1n << 64n) - 1n;

function callsDocument(items: readonly unknown[], gpaw: 0 | 1, read: FileReader, own: boolean): CallsDocument {
  const entries = items.map((item, entry) => {
    const bare: Place = { name: `entry ${entry + 1}`, entry };
    const fields = object(item, bare, 'it');
    const call = fields['call'];
    if (typeof call !== 'string' || !(CALLS as readonly string[]).includes(call)) {
      return fail(bare, `call ${quoted(call)} is not known; there are ${CALLS.join(', ')}.`);
    }
    const place: Place = { name: `entry ${entry + 1} (${call})`, entry };
    if (own) onlyFields(fields, place, [...CALL_FIELDS, ...BESIDE]);
    return callEntry(fields, call as CallName, place, read);
  });
  const total = entries.reduce((sum, { count }) => sum + count, 0);
  if (total > MOST_CALLS) throw new Problem(`The list makes ${total} calls; ${MOST_CALLS} is the most.`);
  return { kind: 'calls', gpaw, entries };
}

const CALL_FIELDS = ['call', 'gpa', 'count', 'stride', 'level', 'page', 'target_of', 'vcpus'];
const REGION_FIELDS = ['gpa', 'nr_pages', 'measure', 'source'];
/** Answers that are compared, and words about an entry. */
const BESIDE = ['status', 'digest_after', 'page_sha256', 'note'];

function callEntry(fields: Fields, call: CallName, place: Place, read: FileReader): CallEntry {
  const gpa = call === 'MR.FINALIZE' ? 0n : integer(fields['gpa'], place, 'gpa', U64);
  const unit = call === 'MR.EXTEND' ? 256n : 4096n;
  const page = fields['page'];
  // Read once now, so that a mistake is told before anything is measured.
  content(page, place, 'page', gpa, read);
  return {
    call,
    gpa,
    count: small(fields['count'] ?? 1, place, 'count', MOST_CALLS),
    stride: integer(fields['stride'] ?? unit, place, 'stride', U64),
    level: small(fields['level'] ?? (call === 'MEM.SEPT.ADD' ? 1 : 0), place, 'level', 5),
    page: (at) => (page === undefined ? zeros : content(page, place, 'page', at, read)),
    ...(fields['target_of'] !== undefined && { target_of: integer(fields['target_of'], place, 'target_of', U64) }),
    vcpus: small(fields['vcpus'] ?? 1, place, 'vcpus', 1 << 16),
  };
}

function regionsDocument(items: readonly unknown[], gpaw: 0 | 1, read: FileReader, own: boolean): RegionsDocument {
  const entries = items.map((item, entry): RegionEntry => {
    const place: Place = { name: `entry ${entry + 1}`, entry };
    const fields = object(item, place, 'it');
    if (own) onlyFields(fields, place, [...REGION_FIELDS, ...BESIDE]);
    const gpa = integer(fields['gpa'], place, 'gpa', U64);
    const measure = fields['measure'] ?? false;
    if (typeof measure !== 'boolean') fail(place, `measure has to be true or false, not ${quoted(measure)}.`);
    return {
      gpa,
      nr_pages: small(fields['nr_pages'], place, 'nr_pages', MOST_CALLS),
      measure: measure === true,
      source: content(fields['source'], place, 'source', gpa, read),
    };
  });
  const total = entries.reduce((sum, { nr_pages, measure }) => sum + nr_pages * (measure ? 17 : 1), 0);
  if (total > MOST_CALLS) throw new Problem(`The regions make ${total} calls; ${MOST_CALLS} is the most.`);
  return { kind: 'regions', gpaw, entries };
}

/** Most bytes of an image: real ones have 1 to 16 MiB. */
const LARGEST_IMAGE = 64 * 1024 * 1024;

function imageBytes(value: unknown, read: FileReader): Uint8Array {
  const place: Place = { name: 'The image' };
  const fields = object(value, place, 'image');
  const size = small(fields['size'], place, 'size', LARGEST_IMAGE);
  const bytes = content(fields['base'], place, 'base', 0n, read)(0, size);
  for (const [index, item] of list(fields['patches'] ?? [], place, 'patches').entries()) {
    const patch = object(item, place, `patches[${index}]`);
    const offset = small(patch['offset'], place, `patches[${index}].offset`, size);
    const part = hexBytes(patch['hex'], place, `patches[${index}].hex`);
    if (offset + part.length > size) fail(place, `patches[${index}] ends behind the image.`);
    bytes.set(part, offset);
  }
  return bytes;
}

function imageDocument(image: Uint8Array): ImageDocument {
  if (image.length > LARGEST_IMAGE) throw new Problem(`The image has ${image.length} bytes; 64 MiB is the most.`);
  try {
    const tdvf = parseTdvf(image);
    const pages = tdvf.sections.reduce((sum, one) => sum + Number(one.memory_data_size / 4096n), 0);
    if (pages * 17 > MOST_CALLS * 2)
      throw new Problem(`The sections cover ${pages} pages; that is more than this measures.`);
    return { kind: 'image', image, tdvf };
  } catch (error) {
    if (error instanceof NoTdvf) throw new Problem(error.message);
    throw error;
  }
}

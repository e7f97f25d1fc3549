/**
 * A list of pages to be measured, as JSON: the form of the launch-digest page, of the command line and of the vectors.
 *
 * Either a list of entries, or an object with the entries in `pages` or `launch_update`. An entry has `gpa`; `page_type` (a
 * name or a number); and may have `page_size` ("4K", "2M"), `length` in bytes, `data`, `imi_page` and `vmpl_perms`. An entry
 * longer than one page stands for one SNP_LAUNCH_UPDATE for each page, at increasing addresses. Answers in the list
 * (`digest_after`, `launch_digest` and so on) are compared, not used.
 */
import { isMeasured, PAGE_TYPE_NAMES, SNP_PAGE_TYPE_CPUID } from '../../model/sev/page-info.ts';
import { PAGE } from '../../model/units.ts';
import { type FileReader, givenBytes, ruledBytes } from '../bytes.ts';
import { type Fields, fail, hexBytes, integer, list, object, type Place, quoted, small } from '../fields.ts';
import { readJson } from '../json.ts';
import { Problem } from '../problem.ts';
import { checkAnswers } from './answers-form.ts';

export const SCHEMA = 'snp-launch-digest/1';

/** One entry: one page, or several of one kind that follow each other. */
export interface LaunchEntry {
  /** `entry 3 (CPUID at 0x80e000)`, counted from 1. */
  readonly name: string;
  readonly gpa: bigint;
  readonly page_type: number;
  readonly page_size: '4K' | '2M';
  /** Bytes. */
  readonly length: number;
  readonly imi_page: boolean;
  readonly vmpl_perms: readonly [number, number, number];
  /** The bytes of the whole range, made on demand; undefined where the type needs none. */
  bytes(): Uint8Array | undefined;
  /** SHA-384 of each 4 KiB page, where the list gives that instead of bytes. */
  readonly contents?: readonly Uint8Array[];
  /** The entry as it was written, with the answers that it names. */
  readonly written: Fields;
}

export interface LaunchList {
  readonly entries: readonly LaunchEntry[];
  /** The digest before the first entry; undefined for 48 zero bytes. */
  readonly initial?: Uint8Array;
  /** The list as it was written; an empty object where it is a bare list of entries. */
  readonly written: Fields;
}

/** The most memory that one list may describe, in bytes. */
export const MOST_BYTES = 1024 * 1024 * 1024;

const WHOLE: Place = { name: 'the list' };
const noFiles: FileReader = () => undefined;

/** Reads JSON text. Throws Problem. */
export function parseLaunch(json: string, read: FileReader = noFiles): LaunchList {
  if (json.trim() === '') throw new Problem('The list is empty: write [] for a launch without any page.');
  return readLaunch(readJson(json), read);
}

/** Reads a list that is JSON already. Throws Problem. */
export function readLaunch(value: unknown, read: FileReader = noFiles): LaunchList {
  const bare = Array.isArray(value);
  const written = bare ? {} : object(value, WHOLE, 'it');
  if (written['schema'] !== undefined && written['schema'] !== SCHEMA) {
    throw new Problem(
      `The schema is ${quoted(written['schema'])}; this reads "${SCHEMA}", or a list without a schema.`,
    );
  }
  const items = bare ? value : (written['launch_update'] ?? written['pages']);
  if (items === undefined) {
    throw new Problem(
      'There is no list of entries: name it "launch_update" or "pages", or give the list alone: [ … ].',
    );
  }
  if (written['launch_update'] !== undefined && written['pages'] !== undefined) {
    throw new Problem('There are two lists of entries, "launch_update" and "pages"; keep one of them.');
  }
  checkAnswers(written, WHOLE);
  const loose = written['schema'] !== undefined;
  const named = written['launch_update'] === undefined ? 'pages' : 'launch_update';
  const entries = list(items, WHOLE, named).map((item, index) => readEntry(item, index, loose, read));
  const total = entries.reduce((sum, { length }) => sum + length, 0);
  if (total > MOST_BYTES) {
    throw new Problem(`The list describes ${total} bytes; ${MOST_BYTES} (1 GiB) is the most that is computed here.`);
  }
  const initial = written['initial_digest'];
  return {
    entries,
    written,
    ...(initial !== undefined && { initial: hexBytes(initial, WHOLE, 'initial_digest', 48) }),
  };
}

/** Fields of an entry that say what is measured, and those that say what comes out. */
const INPUT = ['gpa', 'page_type', 'page_type_name', 'page_size', 'length', 'imi_page', 'vmpl_perms', 'data', 'note'];
const ANSWERS = [
  'contents',
  'contents_each_4k',
  'contents_samples',
  'digest_after',
  'digest_after_each_4k',
  'digest_samples',
  'digest_changed',
  'imd_after',
  'firmware_status',
  'contents_if_not_cleared',
];
const KNOWN = new Set([...INPUT, ...ANSWERS]);

const LARGE = 512 * PAGE;

function readEntry(item: unknown, index: number, loose: boolean, read: FileReader): LaunchEntry {
  const first: Place = { name: `entry ${index + 1}`, entry: index };
  const written = object(item, first, 'it');
  if (!loose) {
    const unknown = Object.keys(written).find((key) => !KNOWN.has(key));
    if (unknown !== undefined) fail(first, `there is no field ${quoted(unknown)}; the fields are ${INPUT.join(', ')}.`);
  }
  checkAnswers(written, first);
  const type = pageType(written, first);
  const gpa = integer(written['gpa'], first, 'gpa', 2n ** 64n - 1n);
  const place: Place = {
    ...first,
    name: `${first.name} (${PAGE_TYPE_NAMES[type] ?? `type ${type}`} at 0x${gpa.toString(16)})`,
  };
  const page_size = pageSize(written['page_size'], place);
  const unit = page_size === '2M' ? LARGE : PAGE;
  const source = data(written, type, place, read);
  const length = range(written['length'], source.length, unit, place);
  if (gpa + BigInt(length) > 2n ** 64n) fail(place, 'the range ends behind the last address of 64 bits.');
  if (source.list !== undefined && source.list.length !== length / PAGE) {
    fail(place, `data.page_digests has ${source.list.length} digests; ${length / PAGE} pages of 4 KiB need one each.`);
  }
  return {
    name: place.name,
    gpa,
    page_type: type,
    page_size,
    length,
    imi_page: flag(written['imi_page'], place),
    vmpl_perms: masks(written['vmpl_perms'], place),
    bytes: () => source.bytes?.(length),
    ...(source.list !== undefined && { contents: source.list }),
    written,
  };
}

function pageType(written: Fields, place: Place): number {
  const number = written['page_type'];
  const name = written['page_type_name'];
  const value = number ?? name;
  const names = 'NORMAL, VMSA, ZERO, UNMEASURED, SECRETS and CPUID (1 to 6)';
  if (value === undefined) return fail(place, `page_type is missing; there are ${names}.`);
  if (typeof number === 'number' && name !== undefined && PAGE_TYPE_NAMES[number] !== name) {
    return fail(place, `page_type ${number} and page_type_name ${quoted(name)} are not the same; leave one out.`);
  }
  // 0 and 7 fit the field of the command; the firmware answers for them.
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 7) return value;
  const found = PAGE_TYPE_NAMES.indexOf(String(value).toUpperCase());
  return found > 0 ? found : fail(place, `page_type ${quoted(value)} is not known; there are ${names}.`);
}

function pageSize(value: unknown, place: Place): '4K' | '2M' {
  if (value === undefined || value === '4K') return '4K';
  return value === '2M' ? value : fail(place, `page_size has to be "4K" or "2M", not ${quoted(value)}.`);
}

function flag(value: unknown, place: Place): boolean {
  if (value === undefined || value === 0 || value === false) return false;
  return value === 1 || value === true || fail(place, `imi_page has to be 0 or 1, not ${quoted(value)}.`);
}

function masks(value: unknown, place: Place): readonly [number, number, number] {
  if (value === undefined) return [0, 0, 0];
  const given = object(value, place, 'vmpl_perms');
  const other = Object.keys(given).find((name) => !/^vmpl[123]$/.test(name));
  if (other !== undefined) {
    fail(place, `vmpl_perms.${other} is not known; there are vmpl1, vmpl2 and vmpl3, and VMPL0 has every permission.`);
  }
  const mask = (name: string): number => small(given[name] ?? 0, place, `vmpl_perms.${name}`, 0xff);
  return [mask('vmpl1'), mask('vmpl2'), mask('vmpl3')];
}

interface Source {
  /** The length that the data itself has. */
  readonly length?: number;
  bytes?(length: number): Uint8Array;
  readonly list?: readonly Uint8Array[];
}

function data(written: Fields, type: number, place: Place, read: FileReader): Source {
  const measured = isMeasured(type);
  if (written['data'] === undefined) {
    if (!measured) return {};
    return fail(place, 'data is missing: the bytes of this type are measured. A page of zeros is {"kind": "zero"}.');
  }
  const given = object(written['data'], place, 'data');
  if (given['kind'] === 'sha384-list') {
    const digests = list(given['page_digests'], place, 'data.page_digests');
    const all = digests.map((one, index) => hexBytes(one, place, `data.page_digests[${index}]`, 48));
    return { list: all, length: all.length * PAGE };
  }
  const known = givenBytes(given, place, read);
  const make = (length: number): Uint8Array => {
    if (known === undefined) return ruledBytes(given, length, place);
    const bytes = new Uint8Array(length);
    bytes.set(known.bytes);
    return bytes;
  };
  // A rule is tried at once on one page, so that its mistakes come up here and not in the middle of measuring.
  if (known === undefined && given['kind'] !== 'sparse') ruledBytes(given, 4, place);
  return {
    ...(known !== undefined && { length: known.bytes.length }),
    ...((measured || type === SNP_PAGE_TYPE_CPUID) && { bytes: make }),
  };
}

/** The bytes that the entry covers: as it says, else as long as its data, else one page. */
function range(value: unknown, own: number | undefined, unit: number, place: Place): number {
  if (value === undefined) return Math.max(unit, Math.ceil((own ?? 0) / unit) * unit);
  const length = Number(integer(value, place, 'length', BigInt(MOST_BYTES)));
  const name = unit === PAGE ? '4K (0x1000)' : '2M (0x200000)';
  if (length === 0 || length % unit !== 0) {
    fail(place, `length ${quoted(value)} is not a multiple of the page size, ${name}; round it up.`);
  }
  if (own !== undefined && own > length) {
    fail(place, `data has ${own} bytes, more than the length ${quoted(value)}; leave length out or enlarge it.`);
  }
  return length;
}

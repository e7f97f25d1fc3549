/**
 * The bytes of a page or of a range of pages, as a list describes them: by a rule, as text, as digits, or as a file.
 *
 * `zero`, `repeat` (byte), `counter` (start, step), `counter32le` (start), `text-repeat` (ascii), `xorshift32` (seed), `sparse`
 * (fill, patches of offset and hex) are rules over the whole range; `hex`, `base64` and `file` (file, offset) are bytes, with
 * zeros behind them up to the end of the range.
 */
import { type Fields, fail, hexBytes, integer, list, object, type Place, quoted, small, text } from './fields.ts';

/** Gives the bytes of a file that an entry names; undefined where there is none of that name. */
export type FileReader = (name: string) => Uint8Array | undefined;

/** Bytes that are there already, without a rule: how many they are decides the length of an entry that says none. */
export interface Given {
  readonly bytes: Uint8Array;
}

const KINDS = 'zero, repeat, counter, counter32le, text-repeat, xorshift32, sparse, hex, base64, file and sha384-list';

const UINT32 = 0xffffffffn;
const U32 = 0xffffffff;

/** The bytes of `hex`, `base64` and `file`; undefined for a rule. */
export function givenBytes(data: Fields, place: Place, read: FileReader): Given | undefined {
  switch (data['kind']) {
    case 'hex':
      return { bytes: hexBytes(data['hex'], place, 'data.hex') };
    case 'base64':
      return { bytes: base64(data['base64'], place) };
    case 'file': {
      const name = text(data['file'], place, 'data.file');
      const bytes = read(name);
      if (bytes === undefined)
        fail(place, `there is no file ${quoted(name)}; give its path, or drop it beside the list.`);
      if (bytes.length === 0) {
        fail(place, `the file ${quoted(name)} is empty; a page of zeros is {"kind": "zero"}.`);
      }
      const offset = small(data['offset'] ?? 0, place, 'data.offset', Number.MAX_SAFE_INTEGER);
      if (offset >= bytes.length) {
        fail(
          place,
          `data.offset ${quoted(data['offset'])} is behind the end of ${quoted(name)} (${bytes.length} bytes).`,
        );
      }
      return { bytes: bytes.subarray(offset) };
    }
    default:
      return undefined;
  }
}

function base64(value: unknown, place: Place): Uint8Array {
  const digits = text(value, place, 'data.base64').replace(/\s+/g, '');
  try {
    return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
  } catch {
    return fail(place, 'data.base64 is not base64: letters, digits, + and /, in groups of four.');
  }
}

/** Fills `length` bytes by a rule. */
export function ruledBytes(data: Fields, length: number, place: Place): Uint8Array {
  const bytes = new Uint8Array(length);
  switch (data['kind']) {
    case 'zero':
      return bytes;
    case 'repeat':
      return bytes.fill(small(data['byte'], place, 'data.byte', 0xff));
    case 'counter': {
      const start = small(data['start'], place, 'data.start', U32);
      const step = small(data['step'], place, 'data.step', U32);
      for (let i = 0; i < length; i++) bytes[i] = start + i * step;
      return bytes;
    }
    case 'counter32le':
      return words(bytes, Number(integer(data['start'], place, 'data.start', UINT32)));
    case 'text-repeat':
      return repeated(bytes, text(data['ascii'], place, 'data.ascii'), place);
    case 'xorshift32':
      return xorshift(bytes, Number(integer(data['seed'], place, 'data.seed', UINT32)));
    case 'sparse':
      return patched(bytes, data, place);
    default:
      if (data['kind'] === undefined) return fail(place, `data.kind is missing; there are ${KINDS}.`);
      return fail(place, `data.kind ${quoted(data['kind'])} is not known; there are ${KINDS}.`);
  }
}

function words(bytes: Uint8Array, start: number): Uint8Array {
  for (let at = 0, value = start; at < bytes.length; at += 4, value = (value + 1) >>> 0) {
    for (let i = 0; i < 4 && at + i < bytes.length; i++) bytes[at + i] = value >>> (8 * i);
  }
  return bytes;
}

function repeated(bytes: Uint8Array, ascii: string, place: Place): Uint8Array {
  if (ascii === '') fail(place, 'data.ascii is empty; give at least one character.');
  for (let i = 0; i < ascii.length; i++) {
    if (ascii.charCodeAt(i) > 0x7f)
      fail(place, 'data.ascii has a character outside of ASCII; use hex for other bytes.');
  }
  for (let i = 0; i < bytes.length; i++) bytes[i] = ascii.charCodeAt(i % ascii.length);
  return bytes;
}

function xorshift(bytes: Uint8Array, seed: number): Uint8Array {
  let x = seed >>> 0;
  for (let i = 0; i < bytes.length; i++) {
    x = (x ^ (x << 13)) >>> 0;
    x = (x ^ (x >>> 17)) >>> 0;
    x = (x ^ (x << 5)) >>> 0;
    bytes[i] = x;
  }
  return bytes;
}

function patched(bytes: Uint8Array, data: Fields, place: Place): Uint8Array {
  bytes.fill(small(data['fill'] ?? 0, place, 'data.fill', 0xff));
  for (const [index, item] of list(data['patches'], place, 'data.patches').entries()) {
    const name = `data.patches[${index}]`;
    const patch = object(item, place, name);
    const offset = small(patch['offset'], place, `${name}.offset`, Number.MAX_SAFE_INTEGER);
    const hex = hexBytes(patch['hex'], place, `${name}.hex`);
    if (offset + hex.length > bytes.length) {
      fail(place, `${name} ends at byte ${offset + hex.length}; the range has ${bytes.length} bytes.`);
    }
    bytes.set(hex, offset);
  }
  return bytes;
}

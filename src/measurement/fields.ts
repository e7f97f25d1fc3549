/** Reads fields of JSON that a person wrote. Every refusal names the field, what stands there and what may stand there. */
import { Problem } from './problem.ts';

export type Fields = { readonly [name: string]: unknown };

/** Where a field stands, for the message and for the form that shows it. */
export interface Place {
  /** `entry 3 (CPUID at 0x80e000)`. */
  readonly name: string;
  readonly entry?: number;
}

export function fail(place: Place, text: string): never {
  throw new Problem(`${place.name}: ${text}`, place.entry);
}

/** What stands in a message behind what would have been right. */
const instead = (value: unknown): string => (value === undefined ? 'and is missing' : `not ${quoted(value)}`);

/** A value as it is repeated in a message. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

export function object(value: unknown, place: Place, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  return fail(place, `${what} has to be an object { … }, ${instead(value)}.`);
}

/** Refuses a field that nobody reads: a misspelled name would otherwise be taken for a field that was left out. */
export function onlyFields(fields: Fields, place: Place, names: readonly string[]): void {
  const stray = Object.keys(fields).find((name) => !names.includes(name));
  if (stray !== undefined) fail(place, `there is no field ${quoted(stray)}; there are ${names.join(', ')}.`);
}

/** A whole number that is not negative: a JSON number, or text in decimal or with 0x in hexadecimal. */
export function integer(value: unknown, place: Place, name: string, most: bigint): bigint {
  const found = parsed(value);
  if (found === 'inexact') {
    return fail(place, `${name} ${quoted(value)} is too large for a JSON number; write it as text: "0x…".`);
  }
  if (found === undefined) {
    return fail(place, `${name} has to be a whole number such as 4096 or "0x1000", ${instead(value)}.`);
  }
  if (found > most) return fail(place, `${name} ${quoted(value)} is more than 0x${most.toString(16)}.`);
  return found;
}

function parsed(value: unknown): bigint | 'inexact' | undefined {
  if (typeof value === 'bigint') return value < 0n ? undefined : value;
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0) return undefined;
    return Number.isSafeInteger(value) ? BigInt(value) : 'inexact';
  }
  if (typeof value !== 'string') return undefined;
  const text = value.trim().replaceAll('_', '');
  return /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(text) ? BigInt(text) : undefined;
}

/** A small whole number. */
export const small = (value: unknown, place: Place, name: string, most: number): number =>
  Number(integer(value, place, name, BigInt(most)));

export function text(value: unknown, place: Place, name: string): string {
  return typeof value === 'string' ? value : fail(place, `${name} has to be text, ${instead(value)}.`);
}

export function list(value: unknown, place: Place, name: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(place, `${name} has to be a list [ … ], ${instead(value)}.`);
}

/** Bytes as hexadecimal digits; spaces between them are allowed. */
export function hexBytes(value: unknown, place: Place, name: string, length?: number): Uint8Array {
  const digits = text(value, place, name).replace(/^0x/i, '').replace(/\s+/g, '');
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    const odd = /^[0-9a-f]*$/i.test(digits);
    return fail(
      place,
      `${name} ${odd ? 'has an odd number of hexadecimal digits' : 'has characters that are no hexadecimal digits'}.`,
    );
  }
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (length !== undefined && bytes.length !== length) {
    return fail(place, `${name} has ${bytes.length} bytes; it takes ${length}.`);
  }
  return bytes;
}

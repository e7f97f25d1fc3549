/**
 * How a value prints beside the line that produced it. The arrow of a snippet is exactly this text, in Node and in
 * every browser, so nothing here may depend on a locale, a clock or an engine's own inspection format.
 */
import { Errno, Signal } from './errno.ts';

/** A value that knows how it prints: models give their faults and exits such a method. */
export interface Showable {
  show(): string;
}

const MAX_DEPTH = 4;
const MAX_ITEMS = 16;
const MAX_TEXT = 200;

/** Integers from 2^32 on are addresses or masks for every purpose of this site, and read better in hexadecimal. */
function number(value: number): string {
  if (Object.is(value, -0)) return '0';
  if (Number.isInteger(value) && Math.abs(value) >= 2 ** 32 && Number.isSafeInteger(value)) {
    return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
  }
  return String(value);
}

/** Run-length form of bytes: `00×4096`, `68 65 6c 6c 6f`, `41×8 00×4088`. */
function bytes(value: Uint8Array): string {
  if (value.length === 0) return 'no bytes';
  const runs: string[] = [];
  let start = 0;
  for (let i = 1; i <= value.length; i++) {
    if (i < value.length && value[i] === value[start]) continue;
    const hex = (value[start] as number).toString(16).padStart(2, '0');
    runs.push(
      i - start < 3
        ? Array(i - start)
            .fill(hex)
            .join(' ')
        : `${hex}×${i - start}`,
    );
    start = i;
    if (runs.length === MAX_ITEMS && start < value.length) {
      runs.push(`… ${value.length - start} more`);
      break;
    }
  }
  return runs.join(' ');
}

function text(value: string): string {
  const cut = value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  return `'${cut.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

function inner(value: unknown, depth: number, seen: Set<object>): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  switch (typeof value) {
    case 'number':
      return number(value);
    case 'bigint':
      return value >= 2n ** 32n ? `0x${value.toString(16)}` : value.toString();
    case 'boolean':
      return value ? 'true' : 'false';
    case 'string':
      return text(value);
    case 'function':
      return 'function';
    case 'symbol':
      return 'symbol';
  }
  const object = value as object;
  if (object instanceof Errno || object instanceof Signal) return object.toString();
  if (object instanceof Uint8Array) return bytes(object);
  if (object instanceof Promise) return 'Promise';
  const own = (object as Partial<Showable>).show;
  if (typeof own === 'function') return String(own.call(object)).slice(0, MAX_TEXT);
  if (object instanceof Error) return `${object.name}: ${object.message}`.slice(0, MAX_TEXT);
  if (seen.has(object)) return '(again)';
  if (depth >= MAX_DEPTH) return '…';
  seen.add(object);
  const result = container(object, depth, seen);
  seen.delete(object);
  return result;
}

function container(object: object, depth: number, seen: Set<object>): string {
  if (Array.isArray(object)) {
    const items = object.slice(0, MAX_ITEMS).map((item) => inner(item, depth + 1, seen));
    if (object.length > MAX_ITEMS) items.push(`… ${object.length - MAX_ITEMS} more`);
    return `[${items.join(', ')}]`;
  }
  if (object instanceof Map) {
    const items = [...object].slice(0, MAX_ITEMS);
    return `Map { ${items.map(([k, v]) => `${inner(k, depth + 1, seen)}: ${inner(v, depth + 1, seen)}`).join(', ')} }`;
  }
  if (object instanceof Set) {
    return `Set { ${[...object]
      .slice(0, MAX_ITEMS)
      .map((v) => inner(v, depth + 1, seen))
      .join(', ')} }`;
  }
  const prototype = Object.getPrototypeOf(object) as { constructor?: { name?: string } } | null;
  const name = prototype?.constructor?.name;
  const fields = Object.keys(object)
    .slice(0, MAX_ITEMS)
    .map((key) => {
      return `${key}: ${inner((object as Record<string, unknown>)[key], depth + 1, seen)}`;
    });
  const body = fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  return name === undefined || name === 'Object' || name === '' ? body : `${name} ${body}`;
}

/** The one text form of a value: what an arrow states and what stands beside a line. */
export function show(value: unknown): string {
  return inner(value, 0, new Set());
}

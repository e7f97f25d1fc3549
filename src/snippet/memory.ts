/**
 * A budget for memory that a run asks for by the million: buffers, arrays by length, repeated text. What is asked for is
 * counted, not what is held, so that the end comes at the same place on every machine, and before a browser gives up the page.
 * Text that grows by `+` is counted by the instrumented code; what else grows step by step is bounded by the step limit.
 */

/** Called before memory is given out; throws when the budget is spent. */
export type Charge = (bytes: number) => void;

type Scope = Record<string, unknown>;
type Constructor = new (...args: never[]) => object;

const BUFFERS = [
  'ArrayBuffer',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

/** Bytes that a length stands for: of a number, or of something with a length. Not a length: nothing. */
function asked(first: unknown, unit: number): number {
  const length = typeof first === 'object' && first !== null ? (first as { length?: unknown }).length : first;
  return typeof length === 'number' && length > 0 ? length * unit : 0;
}

function counting(scope: Scope, name: string, charge: Charge): void {
  const native = scope[name] as (Constructor & { BYTES_PER_ELEMENT?: number; prototype: object }) | undefined;
  if (typeof native !== 'function') return;
  const unit = name === 'Array' ? 8 : (native.BYTES_PER_ELEMENT ?? 1);
  const { apply, construct } = Reflect;
  const replacement: Constructor = new Proxy(native, {
    construct(target, args: unknown[], newTarget) {
      // A view on an existing buffer takes no memory; one argument of an array by length does.
      if (args.length === 1 || name === 'ArrayBuffer') charge(asked(args[0], unit));
      return construct(target, args, newTarget === replacement ? target : newTarget) as object;
    },
    apply(target, self, args: unknown[]) {
      if (args.length === 1) charge(asked(args[0], unit));
      return apply(target as unknown as (...a: unknown[]) => object, self, args);
    },
  });
  // Arrays keep theirs: the engine makes copies of arrays slowly once it has to ask for another constructor.
  if (name !== 'Array') {
    Object.defineProperty(native.prototype, 'constructor', { value: replacement, writable: true, configurable: true });
  }
  Object.defineProperty(scope, name, { value: replacement, writable: true, configurable: true });
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

function before(object: object, name: string, cost: (self: unknown, args: unknown[]) => number, charge: Charge): void {
  const native = (object as Record<string, Method>)[name];
  if (typeof native !== 'function') return;
  const { apply } = Reflect;
  const value = {
    [name](this: unknown, ...args: unknown[]): unknown {
      const bytes = cost(this, args);
      if (bytes > 0) charge(bytes);
      return apply(native, this, args);
    },
  }[name];
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}

/** Counts what a method gave: arrays that others are cut or made from. */
function after(object: object, name: string, charge: Charge): void {
  const native = (object as Record<string, Method>)[name];
  if (typeof native !== 'function') return;
  const { apply } = Reflect;
  const value = {
    [name](this: unknown, ...args: unknown[]): unknown {
      const given = apply(native, this, args);
      charge(asked(given, 8));
      return given;
    },
  }[name];
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}

/** Methods of arrays that give new ones. */
const GIVING = ['slice', 'splice', 'map', 'filter', 'flat', 'flatMap', 'toSorted', 'toReversed', 'toSpliced', 'with'];

/** Length of an array or a text, 1 for what is neither, 0 for what cannot be asked. */
function size(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.length : 1;
}

/** Puts the budget in place. `scope` is the global object of the realm in which the snippet runs. */
export function count(scope: Scope, charge: Charge): void {
  const text = String.prototype;
  const array = Array.prototype;
  before(
    text,
    'repeat',
    (self, [n]) => (typeof self === 'string' && typeof n === 'number' ? self.length * n : 0),
    charge,
  );
  for (const name of ['padStart', 'padEnd']) before(text, name, (_, [n]) => (typeof n === 'number' ? n : 0), charge);
  before(array, 'fill', (self) => size(self) * 8, charge);
  before(array, 'concat', (self, args) => args.reduce((sum: number, one) => sum + size(one), size(self)) * 8, charge);
  before(array, 'join', (self, [by]) => size(self) * (typeof by === 'string' ? by.length : 1), charge);
  for (const name of GIVING) after(array, name, charge);
  for (const name of ['split', 'match']) after(text, name, charge);
  for (const name of ['keys', 'values', 'entries', 'getOwnPropertyNames']) after(Object, name, charge);
  before(Array, 'from', (_, [source]) => asked(source, 8), charge);
  for (const name of [...BUFFERS, 'Array']) counting(scope, name, charge);
}

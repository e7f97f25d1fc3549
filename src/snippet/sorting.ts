/**
 * Sorting that asks the same questions everywhere. Engines differ in how often they call a comparator, and every call of a
 * snippet's function is a step.
 */
type Compare = (a: unknown, b: unknown) => number;

function byText(a: unknown, b: unknown): number {
  const [x, y] = [String(a), String(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Stable merge sort; what is in order already is only looked at once. `undefined` goes to the end without being asked about, as the language has it. */
function sorted(items: readonly unknown[], compare: Compare): unknown[] {
  let ordered = true;
  for (let i = 1; i < items.length && ordered; i++) ordered = compare(items[i - 1], items[i]) <= 0;
  if (ordered) return [...items];
  const half = items.length >> 1;
  const left = sorted(items.slice(0, half), compare);
  const right = sorted(items.slice(half), compare);
  const merged: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) merged.push(compare(left[i], right[j]) <= 0 ? left[i++] : right[j++]);
  while (i < left.length) merged.push(left[i++]);
  while (j < right.length) merged.push(right[j++]);
  return merged;
}

function sort(this: unknown[], compare: Compare = byText): unknown[] {
  if (typeof compare !== 'function') throw new TypeError('A comparator is a function or is left out');
  const present = this.filter((item) => item !== undefined);
  // Holes are left out by filter and stay holes at the end.
  const missing = Object.keys(this).length - present.length;
  const values = [...sorted(present, compare), ...Array<undefined>(Math.max(0, missing)).fill(undefined)];
  const { length } = this;
  for (let i = 0; i < length; i++) {
    if (i < values.length) this[i] = values[i];
    else delete this[i];
  }
  return this;
}

function toSorted(this: unknown[], compare?: Compare): unknown[] {
  return sort.call([...this], compare);
}

/** Puts both methods in place of the engine's. */
export function sortAlike(): void {
  for (const [name, value] of Object.entries({ sort, toSorted })) {
    Object.defineProperty(Array.prototype, name, { value, writable: true, configurable: true });
  }
}

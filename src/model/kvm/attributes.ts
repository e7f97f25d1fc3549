/** Memory attributes of guest frames: ranges of guest frame numbers that are private; all others are shared. */

export class Attributes {
  /** Disjoint, in order; `end` is not included. */
  #ranges: [first: number, end: number][] = [];

  isPrivate(gfn: number): boolean {
    return this.#ranges.some(([first, end]) => gfn >= first && gfn < end);
  }

  /** True when the whole range already is what it would become. */
  has(first: number, end: number, isPrivate: boolean): boolean {
    const inside = this.#ranges.filter(([from, to]) => from < end && to > first);
    if (!isPrivate) return inside.length === 0;
    const range = inside[0];
    return range !== undefined && range[0] <= first && range[1] >= end;
  }

  set(first: number, end: number, isPrivate: boolean): void {
    const kept = this.#ranges.flatMap(([from, to]): [number, number][] => [
      [from, Math.min(to, first)],
      [Math.max(from, end), to],
    ]);
    if (isPrivate) kept.push([first, end]);
    const sorted = kept.filter(([from, to]) => from < to).sort(([a], [b]) => a - b);
    this.#ranges = [];
    for (const [from, to] of sorted) {
      const last = this.#ranges.at(-1);
      if (last !== undefined && last[1] === from) last[1] = to;
      else this.#ranges.push([from, to]);
    }
  }

  /** The private ranges, in order. */
  get ranges(): readonly (readonly [first: number, end: number])[] {
    return this.#ranges;
  }
}

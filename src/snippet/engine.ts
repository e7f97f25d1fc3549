/** What a compiled snippet talks to while it runs, there under the name `$$u`: see instrument.ts for what it inserts. */
import { Errno, Signal } from '../model/errno.ts';
import { show } from '../model/show.ts';
import { type Ownership, Trace, type TraceEvent } from '../model/trace.ts';
import { type Limits, SMALL, STOPS } from './limits.ts';
import { cut, Output } from './output.ts';
import { readOwnership } from './reading.ts';
import type { Generation, RunError, ScenarioColumn } from './types.ts';

/** Ends a run from inside. Snippet code cannot catch it: every catch clause hands it on. */
export class Stop {
  readonly error: RunError;
  constructor(error: RunError) {
    this.error = error;
  }
}

/** Where the run is: the statement, the line of its result (0: none), and how many model events came before it. */
interface Place {
  readonly line: number;
  readonly slot: number;
  readonly events: number;
}

/** A specifier → namespace map: what a snippet can import. */
export type Library = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The name of a thrown value as an arrow states it, read with care: it may be anything. */
export function nameOf(thrown: unknown): string {
  try {
    if (typeof thrown !== 'object' || thrown === null) return typeof thrown;
    const name = (thrown as { name?: unknown }).name;
    if (typeof name === 'string' && name !== '' && name !== 'Error') return name.slice(0, 100);
    const kind = (thrown as { constructor?: { name?: unknown } }).constructor?.name;
    return typeof kind === 'string' && kind !== '' ? kind.slice(0, 100) : 'Error';
  } catch {
    return 'Error';
  }
}

/** The message of a thrown value, one line for a person. */
export function messageOf(thrown: unknown): string {
  try {
    const message = thrown instanceof Error ? thrown.message : show(thrown);
    return typeof message === 'string' ? cut(message) : 'an error without a message';
  } catch {
    return 'an error whose message cannot be read';
  }
}

/** Why a value is a refusal, if it is one. */
function whyOf(value: unknown): string | undefined {
  return (value instanceof Errno || value instanceof Signal) && typeof value.why === 'string' ? value.why : undefined;
}

/** How many characters have to change to make one name the other; good enough to find a slip. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The names nearest to a wrong one, if any is near. */
function nearest(wrong: string, names: readonly string[]): string[] {
  const near = names.map((name) => ({ name, far: distance(wrong.toLowerCase(), name.toLowerCase()) }));
  const most = Math.max(2, Math.floor(wrong.length / 3));
  return near
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

export class Engine {
  readonly output: Output;
  readonly exported = new Map<string, unknown>();
  /** Why the run was stopped, once it was: whatever the snippet does after that changes nothing. */
  stopped: Stop | undefined;
  steps = 0;
  /** True once the run is over and only its result is put together. */
  closed = false;
  /** A promise that a statement left alone and that was rejected. */
  abandoned: { readonly thrown: unknown } | undefined;
  private readonly limits: Limits;
  private readonly library: Library;
  private place: Place = { line: 0, slot: 0, events: 0 };
  private depth = 0;
  private bytes = 0;
  private readonly events: TraceEvent[] = [];
  /** The exception that is on its way, where it was thrown, and the statements that it has passed. */
  private flying: { readonly thrown: unknown; readonly line: number; readonly passed: Set<Place> } | undefined;

  constructor(library: Library, limits: Limits, arrowed: ReadonlySet<number>) {
    this.library = library;
    this.limits = limits;
    this.output = new Output(limits, arrowed, (message) => this.halt('output', message));
    Trace.listener = (event) => {
      this.step();
      this.events.push(event);
      if (this.events.length > this.limits.calls) this.halt('steps', STOPS.calls(this.limits));
    };
  }

  /** Ends the run. */
  halt(kind: RunError['kind'], message: string): never {
    const { line } = this.place;
    this.stopped ??= new Stop(line > 0 ? { kind, message, line } : { kind, message });
    throw this.stopped;
  }

  step(): void {
    if (this.stopped) throw this.stopped;
    this.steps += 1;
    if (this.steps > this.limits.steps) {
      this.steps = this.limits.steps;
      this.halt('steps', STOPS.steps(this.limits));
    }
  }

  charge(bytes: number): void {
    if (bytes > SMALL) this.bytes += bytes;
    if (!this.closed && this.bytes > this.limits.bytes) this.halt('memory', STOPS.bytes(this.limits));
  }

  at(line: number, slot: number): Place {
    this.place = { line, slot, events: this.events.length };
    return this.place;
  }

  now(): Place {
    return this.place;
  }

  /** A function of the snippet begins. */
  enter(): Place {
    this.step();
    if (this.depth >= this.limits.depth) {
      throw new RangeError(`more than ${this.limits.depth} calls inside one another: a recursion here does not end`);
    }
    this.depth += 1;
    return this.place;
  }

  leave(place: Place): void {
    this.depth -= 1;
    this.place = place;
  }

  spread(value: unknown): unknown {
    if (Array.isArray(value)) this.charge(value.length * 8);
    return value;
  }

  /** What an addition or a template gave: text is counted as memory. */
  sum(value: unknown): unknown {
    if (typeof value === 'string') this.charge(value.length);
    return value;
  }

  /** The value of a statement. */
  value(place: Place, value: unknown): unknown {
    if (this.stopped) throw this.stopped;
    let why: string | undefined;
    for (let i = place.events; i < this.events.length; i++) why = this.events[i]?.why ?? why;
    why = whyOf(value) ?? why;
    const picture = this.picture(place, value);
    const text = picture ?? this.text(value);
    const silent = picture !== undefined || value === undefined;
    this.output.value(place.slot, text, silent, why && cut(why), this.owners(place.events));
    this.place = place;
    if (value instanceof Promise) value.then(undefined, (thrown) => this.abandon(thrown));
    return value;
  }

  /** Who owns the pages that were touched since an event: of each object, what the last event said. */
  private owners(since: number): Ownership[] {
    const owners = new Map<string, Ownership>();
    for (let i = since; i < this.events.length; i++) {
      for (const one of this.events[i]?.owners ?? []) {
        const read = readOwnership(one);
        if (read) owners.set(read.object, read);
      }
    }
    return [...owners.values()];
  }

  /** Asks a scenario for its answers: calls what the snippet exported as default. */
  scenario(generation: Generation): ScenarioColumn {
    const call = this.exported.get('default');
    if (typeof call !== 'function') throw new TypeError('A scenario exports one function as default');
    const outcome: unknown = call(generation);
    if (typeof outcome !== 'object' || outcome === null) throw new TypeError('A scenario returns named answers');
    const answers = Object.entries(outcome).map(([name, value]) => {
      const why = whyOf(value);
      const text = this.text(value);
      return why === undefined ? { name, text } : { name, text, why: cut(why) };
    });
    return { answers, owners: this.owners(0) };
  }

  private abandon(thrown: unknown): void {
    this.abandoned ??= { thrown };
  }

  /** Keeps a value that is a picture, and gives the text that stands for it. */
  private picture(place: Place, value: unknown): string | undefined {
    try {
      return this.output.picture(place.slot, value);
    } catch {
      if (this.stopped) throw this.stopped;
      return undefined;
    }
  }

  /** The text of a value. Reading it may run code of the snippet, which may throw anything. */
  private text(value: unknown): string {
    try {
      return cut(show(value));
    } catch (thrown) {
      if (this.stopped) throw this.stopped;
      return `(cannot be shown: reading it throws ${nameOf(thrown)})`;
    }
  }

  /** Something was thrown: where, and through which statements. Hands it on. */
  threw(thrown: unknown): unknown {
    if (this.stopped) return this.stopped;
    const { place } = this;
    if (!this.flying || !Object.is(this.flying.thrown, thrown)) {
      this.flying = { thrown, line: place.line, passed: new Set() };
    }
    if (place.slot > 0 && !this.flying.passed.has(place)) {
      this.flying.passed.add(place);
      this.output.value(place.slot, `throws ${nameOf(thrown)}`, false, undefined, []);
    }
    return thrown;
  }

  /** A catch clause of the snippet begins. */
  caught(thrown: unknown): void {
    this.threw(thrown);
    if (this.stopped) throw this.stopped;
    this.flying = undefined;
  }

  /** Line at which the exception that ended the run was thrown. */
  thrownAt(): number {
    return this.flying?.line ?? this.place.line;
  }

  /** What an `await` awaits: the run is back on its statement when it goes on. */
  wait(place: Place, value: unknown): unknown {
    const back = (): void => {
      this.place = place;
    };
    return Promise.resolve(value).then(
      (settled) => {
        back();
        return settled;
      },
      (thrown) => {
        back();
        throw thrown;
      },
    );
  }

  export(name: string, value: unknown): void {
    this.exported.set(name, value);
  }

  import(specifier: string, names: readonly string[], line: number): object {
    this.at(line, 0);
    const found = Object.hasOwn(this.library, specifier) ? this.library[specifier] : undefined;
    if (!found) {
      const all = Object.keys(this.library);
      const near = nearest(specifier, all);
      const known = (near.length > 0 ? near : all).map((one) => `'${one}'`).join(', ');
      this.halt('import', `There is no '${specifier}' to import from. A snippet imports from ${known}.`);
    }
    for (const name of names) {
      if (Object.hasOwn(found, name)) continue;
      const near = nearest(name, Object.keys(found));
      const hint =
        near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It has: ${Object.keys(found).sort().join(', ')}.`;
      this.halt('import', cut(`'${specifier}' has no ${name}. ${hint}`));
    }
    return found;
  }

  /** The console of a snippet: every method that people use prints, the others do nothing. */
  console(): object {
    const print = (...words: unknown[]): void => {
      if (this.stopped) throw this.stopped;
      const { place } = this;
      // More than the limit is never printed, so more than that is not worth putting together.
      const most = this.limits.characters + 1;
      const texts = words.map((word) => (typeof word === 'string' ? word.slice(0, most) : this.text(word)));
      this.place = place;
      this.output.log(place.line, texts.join(' '));
    };
    return { log: print, info: print, warn: print, error: print, debug: print, assert: print, table: print };
  }
}

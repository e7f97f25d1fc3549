/**
 * Who dies of a poisoned line: a host, TDs and the TDX module over one memory controller.
 *
 * Source: study notes on the Intel TDX module base specification (freelancer-leon/notes, 8b9683c21435) for the machine check;
 * td_exit.c of intel/tdx-module 1.5.01 for what a TD becomes (source read; the answers of a fatal TD were run). Left out: page
 * tables (addresses are lines), the choice between a machine check and a shutdown of the core, which the core makes (`shutdown`
 * makes it always the latter), and what Linux does with a machine check in the host.
 */

import { type ControllerOptions, HOST_KEY, LINE, MemoryController, type MemoryKey } from '../machine/integrity.ts';
import type { Showable } from '../show.ts';
import { show } from '../show.ts';
import { type Owner, Trace } from '../trace.ts';
import { utf8 } from '../utf8.ts';
import { TDX_SUCCESS, TdxStatus } from './status.ts';

export type Consumer = 'host' | 'td' | 'module';

/** What consuming a poisoned line ends in. */
export class MachineCheck implements Showable {
  readonly consumer: Consumer;
  /** What is over: `the TD is fatal`, `unbreakable shutdown`; empty in the host, where the kernel handles it. */
  readonly outcome: string;
  readonly why: string;

  constructor(consumer: Consumer, outcome: string, why: string) {
    this.consumer = consumer;
    this.outcome = outcome;
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    return this.outcome === '' ? `#MC in ${this.consumer}` : `#MC in ${this.consumer}: ${this.outcome}`;
  }
}

export interface PlatformOptions extends ControllerOptions {
  /** How many lines the picture shows. */
  readonly lines?: number;
  /** The core cannot continue after consuming poison, and shuts down. */
  readonly shutdown?: boolean;
}

/** A read's answer: the text that stands in the line, or a machine check, or the platform's silence. */
export type Answer = string | MachineCheck | TdxStatus | 'no answer: the platform is down';

const DOWN = 'no answer: the platform is down';

export class TdxPlatform {
  readonly memory: MemoryController;
  readonly trace = new Trace();
  readonly lines: number;
  readonly #shutdown: boolean;
  #nextKey = 32;
  #down = false;

  constructor({ lines = 1, shutdown = false, ...controller }: PlatformOptions = {}) {
    this.memory = new MemoryController(controller);
    this.lines = lines;
    this.#shutdown = shutdown;
  }

  /** False after an unbreakable shutdown. */
  get up(): boolean {
    return !this.#down;
  }

  /** A TD with a private key of its own. */
  td(name: string): TdGuest {
    return new TdGuest(this, name, this.memory.hkid(this.#nextKey++));
  }

  /** The host reads a line through its own mapping. */
  host_read(line: number, key: MemoryKey = HOST_KEY): Answer {
    return this.#step('host', 'host_read', line, [], () => this.#consume('host', line, key));
  }

  /** The host writes through its own mapping: an ordinary store. */
  host_write(line: number, text: string, key: MemoryKey = HOST_KEY): Answer | 0 {
    return this.#step('host', 'host_write', line, [show(text)], () => {
      this.memory.store(line, key, 0, utf8(text).subarray(0, LINE));
      return 0;
    });
  }

  /** A device, a non-temporal store or an uncached mapping of the host writes part of a line. */
  host_write_part(line: number, text: string): Answer | 0 {
    return this.#step('host', 'host_write_part', line, [show(text)], () => {
      this.memory.storePart(line, HOST_KEY, 0, utf8(text).subarray(0, LINE - 1));
      return 0;
    });
  }

  /** MOVDIR64B of the host: writes the whole line at once, which clears poison and the owner bit. */
  movdir64b(line: number, text = ''): Answer | 0 {
    return this.#step('host', 'movdir64b', line, text === '' ? [] : [show(text)], () => {
      this.memory.write(line, HOST_KEY, padded(text));
      return 0;
    });
  }

  /** Somebody with access to the memory chips changes the ciphertext. */
  tamper(line: number, change: { readonly ownerBit?: 0 | 1 } = {}): Answer | 0 {
    return this.#step(
      'chips',
      'tamper',
      line,
      change.ownerBit === undefined ? [] : [`owner bit ${change.ownerBit}`],
      () => {
        this.memory.tamper(line, change);
        return 0;
      },
    );
  }

  /** The module reads memory of a TD while it works for the host. */
  module_read(td: TdGuest, line: number): Answer {
    return this.#step('module', 'module_read', line, [td.name], () => this.#consume('module', line, td.key, td));
  }

  /** A load of the TD, as `td.read`. */
  td_read(td: TdGuest, line: number): Answer {
    return this.#step(td.name, 'td_read', line, [], () => td.refused() ?? this.#consume('td', line, td.key, td));
  }

  /** A store of the TD, as `td.write`. */
  td_write(td: TdGuest, line: number, text: string): Answer | 0 {
    return this.#step(td.name, 'td_write', line, [show(text)], () => {
      const refused = td.refused();
      if (refused !== undefined) return refused;
      this.memory.store(line, td.key, 0, utf8(text).subarray(0, LINE));
      return 0;
    });
  }

  /** As `td.accept`. */
  accept(td: TdGuest, line: number): TdxStatus | typeof DOWN {
    return this.#step(td.name, 'tdg_mem_page_accept', line, [], () => {
      const refused = td.refused();
      if (refused !== undefined) return refused;
      this.memory.write(line, td.key, new Uint8Array(LINE));
      return TDX_SUCCESS;
    });
  }

  #consume(consumer: Consumer, line: number, key: MemoryKey, td?: TdGuest): Answer {
    const { data, poison, why } = this.memory.read(line, key);
    if (!poison) return textOf(data);
    if (consumer === 'module' || this.#shutdown) {
      this.#down = true;
      return new MachineCheck(consumer, 'unbreakable shutdown', `Poison consumed (${why}): the core cannot go on.`);
    }
    if (consumer === 'host') {
      return new MachineCheck('host', '', `Poison consumed (${why}).`);
    }
    td?.kill();
    return new MachineCheck('td', 'the TD is fatal', `Poison consumed (${why}); the module gives the TD up.`);
  }

  /** One step of the trace; a platform that is down does nothing. */
  #step<T>(actor: string, op: string, line: number, args: readonly string[], run: () => T): T | typeof DOWN {
    const before = this.#owners();
    const result = this.#down ? DOWN : run();
    const after = this.#owners();
    const why = (result as { readonly why?: string } | null)?.why;
    this.trace.record({
      actor,
      op,
      args: [`line ${line}`, ...args],
      result: show(result),
      ...(why !== undefined && why !== '' && { why }),
      changed:
        before[line] === after[line]
          ? []
          : [`line ${line}: ${WORDS[before[line] ?? 'H']} → ${WORDS[after[line] ?? 'H']}`],
      owners: [{ object: 'cache lines', first: 0, runs: after.map((owner) => [owner, 1] as const) }],
    });
    return result;
  }

  #owners(): Owner[] {
    return Array.from({ length: this.lines }, (_, line): Owner => {
      const { owner, poison } = this.memory.state(line);
      if (poison) return '!';
      return owner === 1 ? 'P' : 'H';
    });
  }
}

const WORDS: Readonly<Record<string, string>> = { H: 'owner bit 0', P: 'owner bit 1', '!': 'poisoned' };

/** A trust domain, as far as its memory is concerned. */
export class TdGuest {
  readonly name: string;
  readonly key: MemoryKey;
  readonly #platform: TdxPlatform;
  #fatal = false;

  constructor(platform: TdxPlatform, name: string, key: MemoryKey) {
    this.#platform = platform;
    this.name = name;
    this.key = key;
  }

  /** Set by a machine check while the TD ran; nothing takes it back. */
  get fatal(): boolean {
    return this.#fatal;
  }

  read(line: number): Answer {
    return this.#platform.td_read(this, line);
  }

  write(line: number, text: string): Answer | 0 {
    return this.#platform.td_write(this, line, text);
  }

  /** TDG.MEM.PAGE.ACCEPT, one line of it: zeros written with the TD's key, which sets the owner bit. */
  accept(line: number): TdxStatus | typeof DOWN {
    return this.#platform.accept(this, line);
  }

  /** The host asks the module to run a VCPU of it. */
  tdh_vp_enter(): TdxStatus {
    return this.refused() ?? TDX_SUCCESS;
  }

  refused(): TdxStatus | undefined {
    return this.#fatal
      ? new TdxStatus('TDX_TD_FATAL', undefined, 'A machine check ended this TD; it can only be torn down.')
      : undefined;
  }

  /** A machine check came while it ran. */
  kill(): void {
    this.#fatal = true;
  }
}

const padded = (text: string): Uint8Array => {
  const bytes = new Uint8Array(LINE);
  bytes.set(utf8(text).subarray(0, LINE));
  return bytes;
};

/** Bytes as text up to the zeros behind it; bytes that are no text as `garbled`. */
function textOf(data: Uint8Array): string {
  const end = data.findLastIndex((byte) => byte !== 0) + 1;
  const used = data.subarray(0, end);
  if (used.length === 0) return 'zeros';
  if (used.some((byte) => byte < 0x20 || byte > 0x7e)) return 'garbled';
  return String.fromCharCode(...used);
}

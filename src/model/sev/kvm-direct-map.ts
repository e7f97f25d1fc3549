/**
 * The kernel's direct map as SNP needs it: huge mappings that have to be split, or entries that have to go, before a page of a
 * guest may have an RMP entry of 4 KiB. Every change is counted, because each takes one lock for the whole machine (cpa_lock).
 * Source: adjust_direct_map in arch/x86/virt/svm/sev.c, Linux 6.16.1, and commit 661b1c6169e2; for removal the v11 series as of
 * mjsmar/clean-snp-host-gmemv11 (39c14cda5b42). Left out: mappings of 1 GiB, TLB flushes, the time that any of it takes.
 */
import type { Frame } from '../machine/memory.ts';
import { REGION } from './rmp-entry.ts';

/** What happens to the direct map before a page of 4 KiB is given away. `left` leaves it alone, which no kernel does. */
export type DirectMapRule = 'split' | 'removed' | 'left';

export class DirectMap {
  readonly rule: DirectMapRule;
  /** 2 MiB mappings that were split into 4 KiB ones. They are never put together again. */
  splits = 0;
  /** Entries taken out, and put back. */
  removals = 0;
  restorations = 0;
  readonly #split = new Set<number>();
  readonly #removed = new Set<number>();

  constructor(rule: DirectMapRule) {
    this.rule = rule;
  }

  /** How often cpa_lock was taken. */
  get locked(): number {
    return this.splits + this.removals + this.restorations;
  }

  /** Size of the mapping that a store of the kernel to this page goes through. */
  level(pfn: number): '4K' | '2M' {
    return this.#split.has(block(pfn)) ? '4K' : '2M';
  }

  /** Before a page gets an RMP entry of 4 KiB. An entry of 2 MiB needs nothing where mappings are split. */
  give(frame: Frame): void {
    if (this.rule === 'removed') {
      this.#split.add(block(frame.pfn));
      this.#removed.add(frame.pfn);
      frame.inDirectMap = false;
      this.removals++;
    } else if (this.rule === 'split' && this.level(frame.pfn) === '2M') {
      this.#split.add(block(frame.pfn));
      this.splits++;
    }
  }

  /** After a page came back. */
  take(frame: Frame): void {
    if (!this.#removed.delete(frame.pfn)) return;
    frame.inDirectMap = true;
    this.restorations++;
  }

  show(): string {
    const parts = [
      `${this.splits} split`,
      ...(this.removals > 0 ? [`${this.removals} removed`, `${this.restorations} restored`] : []),
      `lock taken ${this.locked === 1 ? 'once' : `${this.locked} times`}`,
    ];
    return `direct map: ${parts.join(', ')}`;
  }
}

const block = (pfn: number): number => Math.floor(pfn / REGION);

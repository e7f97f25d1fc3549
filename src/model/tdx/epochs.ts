/**
 * TLB tracking: which virtual CPUs may still hold translations from before a block.
 *
 * Source: adjust_tlb_tracking_state, is_tlb_tracked and tdh_mem_track.c of intel/tdx-module 1.5.01 (72d8cffb214b; the counters and
 * checks run, the flush at entry read). The module counts virtual CPUs by the parity of the epoch in which they entered; that is
 * enough, because at most two epochs can be inside at once.
 */

/** One step in the life of the epochs, for pictures. */
export interface EpochEvent {
  readonly text: string;
  readonly refused: boolean;
  /** The TD's epoch after the step. */
  readonly epoch: number;
  /** Virtual CPUs inside after the step, with the epoch in which each entered. */
  readonly inside: ReadonlyMap<number, number>;
}

export class TlbEpochs {
  readonly history: EpochEvent[] = [];
  /** The TD's epoch: 0 before TDH.MNG.INIT, then 1 and up. */
  epoch = 0;
  /** Virtual CPUs inside the guest, by parity of the epoch they entered in. */
  readonly refcount: [even: number, odd: number] = [0, 0];
  /** The epoch in which each virtual CPU entered last. */
  readonly #last = new Map<number, number>();
  readonly #inside = new Set<number>();
  readonly #tlbs = new Map<number, Map<number, number>>();

  /** Virtual CPUs inside the guest, each with the epoch in which it entered. */
  get inside(): [vcpu: number, epoch: number][] {
    return [...this.#inside].sort((a, b) => a - b).map((vcpu) => [vcpu, this.#last.get(vcpu) as number]);
  }

  isInside(vcpu: number): boolean {
    return this.#inside.has(vcpu);
  }

  /** A virtual CPU enters the guest. True when its translations are flushed first: the epoch is new to it. */
  enter(vcpu: number): boolean {
    const flush = this.#last.get(vcpu) !== this.epoch;
    if (flush) this.#tlbs.delete(vcpu);
    this.#last.set(vcpu, this.epoch);
    this.#inside.add(vcpu);
    this.refcount[parity(this.epoch)]++;
    return flush;
  }

  /** The translations that a virtual CPU has: page number of the guest to physical address. */
  tlb(vcpu: number): Map<number, number> {
    let tlb = this.#tlbs.get(vcpu);
    if (tlb === undefined) {
      tlb = new Map();
      this.#tlbs.set(vcpu, tlb);
    }
    return tlb;
  }

  exit(vcpu: number): void {
    this.#inside.delete(vcpu);
    this.refcount[parity(this.#last.get(vcpu) as number)]--;
  }

  /** Notes a step that has to do with epochs. */
  note(text: string, refused: boolean): void {
    this.history.push({ text, refused, epoch: this.epoch, inside: new Map(this.inside) });
  }

  /** Virtual CPUs that entered in the epoch before the present one and never left. */
  get previous(): number {
    return this.refcount[parity(this.epoch - 1)];
  }

  /** True when nobody inside can still use a translation from before a block in epoch `bepoch`. */
  tracked(bepoch: number): boolean {
    return bepoch < this.epoch - 1 || (bepoch === this.epoch - 1 && this.refcount[parity(bepoch)] === 0);
  }
}

const parity = (epoch: number): 0 | 1 => (((epoch % 2) + 2) % 2) as 0 | 1;

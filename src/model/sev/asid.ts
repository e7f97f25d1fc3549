/**
 * The ASIDs of a machine: which are free, which are in use, and which wait for a flush before they can be used again.
 * Source: sev_asid_new, sev_asid_free, __sev_recycle_asids in arch/x86/kvm/svm/sev.c, Linux 6.16.1. Left out: the misc cgroup that
 * counts them, and the split of the lower range between SEV-ES and SNP with ciphertext hiding.
 */
import { Errno } from '../errno.ts';

export class AsidPool {
  /** Largest ASID: CPUID Fn8000_001F ECX. */
  readonly max: number;
  /** Smallest ASID of a guest without SEV-ES: CPUID Fn8000_001F EDX. SEV-ES guests have 1 up to the one below. */
  readonly min_sev: number;
  /** Times that ASIDs were recycled: WBINVD on all processors, then DF_FLUSH. */
  flushes = 0;
  readonly #used = new Set<number>();
  readonly #reclaim = new Set<number>();
  readonly #flush: () => void;

  constructor(max: number, minSev: number, flush: () => void) {
    this.max = max;
    this.min_sev = minSev;
    this.#flush = flush;
  }

  /** The lowest free ASID of the range; EBUSY where there is none, even after recycling. */
  allocate(es: boolean): number | Errno {
    const [first, last] = es ? [1, this.min_sev - 1] : [this.min_sev, this.max];
    const found = this.#lowest(first, last);
    if (found !== undefined) return found;
    if ([...this.#reclaim].some((asid) => asid >= first && asid <= last)) {
      this.#flush();
      this.flushes++;
      for (const asid of this.#reclaim) this.#used.delete(asid);
      this.#reclaim.clear();
      return this.#lowest(first, last) as number;
    }
    return new Errno('EBUSY', `Every ASID from ${first} to ${last} is in use.`);
  }

  #lowest(first: number, last: number): number | undefined {
    for (let asid = first; asid <= last; asid++) {
      if (this.#used.has(asid)) continue;
      this.#used.add(asid);
      return asid;
    }
    return undefined;
  }

  /** The guest is gone. The ASID stays in use until the next flush. */
  free(asid: number): void {
    this.#reclaim.add(asid);
  }

  /** Which ASIDs wait for a flush, in order. */
  get waiting(): number[] {
    return [...this.#reclaim].sort((a, b) => a - b);
  }
}

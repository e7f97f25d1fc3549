/**
 * What the kernel does with the RMP for all SNP guests of one machine: make a page private, take it back, leak it.
 * Source: rmp_make_private, rmp_make_shared, rmpupdate and snp_leak_pages in arch/x86/virt/svm/sev.c; snp_page_reclaim in
 * arch/x86/kvm/svm/sev.c; Linux 6.16.1. Left out: the dump of the entry, other processors at work on the same entry.
 */
import { Errno, Oops } from '../errno.ts';
import type { Host } from '../linux/host.ts';
import type { Frame } from '../machine/memory.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';
import { pageReclaim } from './firmware-pages.ts';
import { DirectMap, type DirectMapRule } from './kvm-direct-map.ts';
import { Rmp } from './rmp.ts';
import { hostAccess } from './rmp-access.ts';
import { RMP_PG_SIZE_2M, RMP_PG_SIZE_4K, type RmpPageSize } from './rmp-entry.ts';
import type { RmpFail } from './rmp-fault.ts';
import { psmash, type RmpState, rmpupdate } from './rmp-host.ts';

/** Frames below the first that is handed out are covered too. */
const LOW_FRAMES = 0x1000;

/** A page that is to be assigned: guest address in bytes. */
export interface Assignment {
  readonly gpa: number;
  readonly asid: number;
  readonly pagesize?: RmpPageSize;
  readonly immutable?: 0 | 1;
}

export class SnpPlatform {
  readonly host: Host;
  readonly rmp: Rmp;
  readonly directMap: DirectMap;
  /** Page frames that will never be used again (snp_leaked_pages_list). */
  readonly leaked = new Set<number>();
  /** The firmware cannot give pages back: what SNP_PAGE_RECLAIM answers when something is wrong with it. */
  reclaim_fails = false;
  #asid = 0;

  constructor(host: Host, rule: DirectMapRule) {
    this.host = host;
    this.rmp = new Rmp((LOW_FRAMES + host.memory.total) * PAGE);
    this.directMap = new DirectMap(rule);
    host.guard = (frame) => this.#storeOfKernel(frame);
  }

  newAsid(): number {
    this.#asid++;
    return this.#asid;
  }

  /** A store of the kernel itself, checked against the RMP through the mapping that it goes through. */
  #storeOfKernel(frame: Frame): Oops | undefined {
    const fault = hostAccess(this.rmp, frame.pfn, {
      access: 'data-write',
      map_level: this.directMap.level(frame.pfn),
    });
    return fault && new Oops(`${fault.show()} in the kernel. ${fault.why}`);
  }

  /** Gives a page to a guest. EFAULT where RMPUPDATE refuses. */
  rmp_make_private(
    frame: Frame,
    { gpa, asid, pagesize = RMP_PG_SIZE_4K, immutable = 0 }: Assignment,
  ): Errno | undefined {
    if (pagesize === RMP_PG_SIZE_4K) this.directMap.give(frame);
    return this.#update(frame, { gpa, assigned: 1, pagesize, immutable, asid });
  }

  /** Takes a page back. EFAULT where RMPUPDATE refuses: the page is the firmware's, or part of a 2 MiB entry. */
  rmp_make_shared(frame: Frame, pagesize: RmpPageSize = RMP_PG_SIZE_4K): Errno | undefined {
    const refused = this.#update(frame, { pagesize });
    if (refused === undefined) this.directMap.take(frame);
    return refused;
  }

  #update(frame: Frame, state: RmpState): Errno | undefined {
    const code = rmpupdate(this.rmp, frame.pfn * PAGE, state);
    return code === 0 ? undefined : new Errno('EFAULT', `RMPUPDATE: ${code.show()}. ${code.why}`);
  }

  /** The host executes RMPUPDATE on a page frame by itself, past KVM: what a host can always try. */
  rmpupdate(pfn: number | Errno, state: RmpState = {}): 0 | RmpFail | Errno {
    const fields = Object.entries(state).map(([name, value]) => `${name} ${value}`);
    return this.host.step('host', 'rmpupdate', [show(pfn), ...fields], () => {
      if (pfn instanceof Errno) return new Errno('EFAULT', 'There is no page frame to update.');
      return rmpupdate(this.rmp, pfn * PAGE, state);
    });
  }

  /** Splits the 2 MiB entry that rules a page (snp_rmptable_psmash). */
  psmash(pfn: number): Errno | undefined {
    const code = psmash(this.rmp, this.rmp.head(pfn) * PAGE);
    return code === 0 ? undefined : new Errno('EFAULT', `PSMASH: ${code.show()}. ${code.why}`);
  }

  /** SNP_PAGE_RECLAIM: a page that was given to the firmware is no longer immutable. EIO, and the page leaks, where that fails. */
  snp_page_reclaim(frame: Frame): Errno | undefined {
    const status = this.reclaim_fails ? undefined : pageReclaim(this.rmp, frame.pfn * PAGE);
    if (status?.code === 0) return undefined;
    this.snp_leak_pages(frame);
    const why = status === undefined ? 'the firmware does not answer' : `${status.show()}, ${status.why}`;
    return new Errno('EIO', `SNP_PAGE_RECLAIM failed (${why}): the page is still the firmware’s, and leaks.`);
  }

  /** The page is put on a list for ever; a reference keeps it from the allocator. */
  snp_leak_pages(frame: Frame): void {
    if (this.leaked.has(frame.pfn)) return;
    this.leaked.add(frame.pfn);
    this.host.memory.get(frame);
    this.host.note(`page frame ${frame.pfn} leaked`);
  }

  /** Does a page of 2 MiB at this frame have no assigned part? */
  free2M(pfn: number): boolean {
    return !this.rmp.regionAssigned(pfn);
  }

  is2M(pfn: number): boolean {
    return this.rmp.lookup(pfn)?.page_size === RMP_PG_SIZE_2M;
  }
}

const platforms = new WeakMap<Host, SnpPlatform>();

/** The SNP side of a machine; made by its first SNP guest, whose kernel says what becomes of the direct map. */
export function snpPlatform(host: Host, rule: DirectMapRule): SnpPlatform {
  let platform = platforms.get(host);
  if (platform === undefined) {
    platform = new SnpPlatform(host, rule);
    platforms.set(host, platform);
  }
  return platform;
}

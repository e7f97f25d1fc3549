/**
 * KVM_SEV_SNP_LAUNCH_UPDATE as posted in version 11 of the SNP host series on 2023-12-30
 * (20231230172351.574091-19-michael.roth@amd.com), the code that was reviewed in January and February 2024.
 *
 * A user address names the payload and, through the slots, the guest frames; start_gfn is never read. KVM copies from the shared
 * page of the same frame, holds all page frames until the end, and puts everything back when one page fails. Attributes are not
 * looked at. Source: the posting, and its tree mjsmar/clean-snp-host-gmemv11 (77d96c91d1a4, 39c14cda5b42). Left out: page types
 * as the firmware checks them, the migration image flag's effect on the context, locks.
 */
import { Errno, Signal } from '../errno.ts';
import type { MemorySlot } from '../kvm/memslots.ts';
import { KVM_RULES, type KvmKernel, type KvmRules } from '../kvm/rules.ts';
import { access } from '../linux/fault.ts';
import { linux } from '../linux/versions.ts';
import type { Frame } from '../machine/memory.ts';
import type { SnpKernel } from '../sev/kvm-rules.ts';
import { SnpVm } from '../sev/kvm-snp.ts';
import { SNP_PAGE_TYPE_CPUID } from '../sev/page-info.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';

/** The kernel of the posting: KVM's guest_memfd as merged for 6.8, with the series on top. */
export const snpV11: KvmKernel & SnpKernel = {
  ...linux('6.8'),
  name: 'SNP host series, v11 of 2023-12-30',
  version: 'snp-v11',
  evidence: 'posting',
  source: '20231230172351.574091-19-michael.roth@amd.com',
  kvm: KVM_RULES['6.8'] as KvmRules,
  snp: {
    source: 'copied from and to user memory',
    unaligned: 'allowed',
    no_source: 'EINVAL',
    direct_map: 'removed',
  },
};

/** struct kvm_sev_snp_launch_update of the posting. `len` is in bytes by what the code does with it. */
export interface LaunchUpdateV11 {
  readonly start_gfn: number;
  readonly uaddr: number | Errno;
  readonly len: number;
  readonly page_type: number;
  readonly imi_page?: 0 | 1;
  readonly vmpl1_perms?: number;
  readonly vmpl2_perms?: number;
  readonly vmpl3_perms?: number;
}

export class SnpV11Vm extends SnpVm {
  /**
   * The command. Errors: EINVAL (no context; a slot without guest_memfd), EFAULT (a page is assigned already; the shared page cannot be read), EIO (the
   * firmware). An address that no slot has is 0, and nothing was done.
   */
  snp_launch_update_v11(update: LaunchUpdateV11): 0 | Errno {
    const args = [`uaddr ${show(update.uaddr)}`, `len ${update.len}`, `type ${update.page_type}`];
    return this.ioctl(this.process, 'snp_launch_update_v11', args, () => {
      const { uaddr, len } = update;
      if (this.context === undefined) return new Errno('EINVAL', 'KVM_SEV_SNP_LAUNCH_START comes first.');
      if (uaddr instanceof Errno) return new Errno('EFAULT', 'uaddr is the result of a refused call.');
      for (const slot of this.memorySlots) {
        const base = Number(slot.userspace_addr);
        const from = Math.max(uaddr, base);
        const to = Math.min(uaddr + len, base + slot.pages * PAGE);
        if (from >= to) continue;
        const first = slot.first + Math.floor((from - base) / PAGE);
        const end = slot.first + Math.ceil((to - base) / PAGE);
        const refused = this.#handle(slot, first, end, update);
        if (refused !== undefined) return refused;
      }
      return 0;
    });
  }

  /** snp_launch_update_gfn_handler: one range of one slot. */
  #handle(slot: MemorySlot, first: number, end: number, update: LaunchUpdateV11): Errno | undefined {
    const held: Frame[] = [];
    let refused: Errno | undefined;
    for (let gfn = first; gfn < end && refused === undefined; gfn++) {
      const frame = slot.gmem?.obtain(slot.filePage + gfn - slot.first);
      if (frame === undefined) return new Errno('EINVAL', 'The slot has no guest_memfd.');
      if (frame instanceof Errno) return frame;
      held.push(this.host.memory.get(frame));
      if (this.platform.rmp.lookup(frame.pfn)?.assigned === 1) {
        // A plain return: the references on all pages so far stay, and nothing is rolled back.
        return new Errno(
          'EFAULT',
          'The RMP has the page assigned; the posted code leaves at once and keeps its references.',
        );
      }
      refused = this.#page(slot, gfn, frame, update);
    }
    for (const frame of held) {
      if (refused !== undefined && this.platform.rmp_make_shared(frame) !== undefined)
        this.platform.snp_leak_pages(frame);
      this.host.memory.put(frame);
    }
    return refused;
  }

  #page(slot: MemorySlot, gfn: number, frame: Frame, update: LaunchUpdateV11): Errno | undefined {
    const shared = this.#sharedPage(slot, gfn, false);
    if (shared instanceof Errno) return shared;
    frame.copyFrom(shared);
    const given = this.platform.rmp_make_private(frame, { gpa: gfn * PAGE, asid: this.asid, immutable: 1 });
    if (given !== undefined) return given;
    const { page_type, imi_page = 0, vmpl1_perms = 0, vmpl2_perms = 0, vmpl3_perms = 0 } = update;
    const fields = { page_type, imi_page, vmpl1_perms, vmpl2_perms, vmpl3_perms };
    const status = this.context?.snp_launch_update(this.platform.rmp, frame, fields);
    if (status === undefined || status.code === 0) return undefined;
    this.error = status.show();
    this.platform.snp_page_reclaim(frame);
    if (page_type === SNP_PAGE_TYPE_CPUID && status.name === 'INVALID_PARAM') {
      this.platform.rmp_make_shared(frame);
      // The corrected table goes into guest memory: the shared page of the same frame.
      const target = this.#sharedPage(slot, gfn, true);
      if (!(target instanceof Errno)) target.copyFrom(frame);
    }
    return new Errno('EIO', `The firmware refused the page: ${status.show()}. ${status.why}`);
  }

  /** What kvm_read_guest_page and kvm_write_guest_page reach: the user mapping of the slot. */
  #sharedPage(slot: MemorySlot, gfn: number, write: boolean): Frame | Errno {
    const place = access(this.process, Number(slot.userspace_addr) + (gfn - slot.first) * PAGE, write);
    return place instanceof Signal ? new Errno('EFAULT', place.why) : place.frame;
  }
}

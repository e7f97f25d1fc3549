/**
 * A VM whose second stage is the TDP MMU itself, level by level: an ordinary VM, an SNP guest's tables, or a VM with a mirror
 * of a table that somebody else owns.
 * Source: arch/x86/kvm/mmu/mmu.c (kvm_mmu_faultin_pfn, kvm_arch_flush_shadow_memslot, kvm_arch_pre_set_memory_attributes),
 * virt/kvm/kvm_main.c, Linux 6.16.1, read. Left out: vCPUs as threads, so that a retry happens at once.
 */
import { Errno } from '../../errno.ts';
import type { Process } from '../../linux/process.ts';
import { PAGE } from '../../units.ts';
import { KVM_X86_DEFAULT_VM } from '../constants.ts';
import { gpaText } from '../exit.ts';
import { KvmVm } from '../kvm-vm.ts';
import type { MemoryRegion2 } from '../memslots.ts';
import type { FaultResult, UnmapCause } from '../vm.ts';
import { gpa_to_gfn, kvm_is_addr_direct } from './address.ts';
import { TdpMmu, type TdpMmuOptions } from './mmu.ts';
import { KVM_FILTER_PRIVATE, KVM_FILTER_SHARED } from './zap.ts';

/** A fault that is retried as often as this will not end: something refuses for ever. */
const TRIES = 64;

/** The half of memory that an event concerns; the attribute's is the side that goes. A slot has both. */
const FILTERS: Readonly<Record<UnmapCause, number>> = {
  slot: KVM_FILTER_SHARED | KVM_FILTER_PRIVATE,
  guest_memfd: KVM_FILTER_PRIVATE,
  'mmu notifier': KVM_FILTER_SHARED,
  'attribute to private': KVM_FILTER_SHARED,
  'attribute to shared': KVM_FILTER_PRIVATE,
};

export interface TdpVmOptions extends TdpMmuOptions {
  /** KVM_X86_QUIRK_SLOT_ZAP_ALL, on unless user space turns it off; it counts for KVM_X86_DEFAULT_VM only. */
  readonly quirk_slot_zap_all?: boolean;
}

export class TdpVm extends KvmVm {
  readonly mmu: TdpMmu;
  readonly #quirk: boolean;

  constructor(process: Process, name: string, type: number, options: TdpVmOptions = {}) {
    super(process, name, type);
    this.mmu = new TdpMmu(this.host, options);
    this.mmu.whenBugged = () => {
      this.vm_dead = true;
    };
    this.#quirk = (options.quirk_slot_zap_all ?? true) && type === KVM_X86_DEFAULT_VM;
  }

  /** Leaves of the direct root and of the mirror root: for looking at it, no call. */
  get leaves(): { direct: number; mirror: number } {
    return this.mmu.leaves;
  }

  /** The address by which the guest means the shared half: the same with the direct bit set. Bytes. */
  shared(gpa: number): number {
    return gpa + this.mmu.gfn_direct_bits * PAGE;
  }

  override kvm_set_user_memory_region2(region: MemoryRegion2, by: Process = this.process): 0 | Errno {
    const end = Number(region.guest_phys_addr) + Number(region.memory_size);
    if (end > PAGE && kvm_is_addr_direct(this.mmu, end - PAGE) && this.mmu.gfn_direct_bits !== 0) {
      return this.step(
        'kvm_set_user_memory_region2',
        [`slot ${region.slot}`],
        () => new Errno('EINVAL', 'A slot has guest addresses without the bit that selects the shared half.'),
      );
    }
    return super.kvm_set_user_memory_region2(region, by);
  }

  override unmap(first: number, end: number, cause: UnmapCause): void {
    super.unmap(first, end, cause);
    const gone =
      cause === 'slot' && this.#quirk ? this.mmu.kvm_mmu_zap_all_fast() : this.mmu.unmap(first, end, FILTERS[cause]);
    if (gone > 0) this.host.note(`${gone} ${gone === 1 ? 'leaf' : 'leaves'} zapped`);
  }

  /** The kernel moves or takes user memory behind shared guest frames: an MMU notifier. Guest frame numbers; how many leaves went. */
  mmu_notifier_invalidate(first: number, end: number): number {
    return this.host.step('kernel', 'mmu_notifier_invalidate', [String(first), String(end)], () =>
      this.mmu.unmap(first, end, FILTERS['mmu notifier']),
    );
  }

  protected override page(gpa: number, write: boolean, asked?: boolean): FaultResult {
    if (this.vm_dead) return this.dead();
    const direct = kvm_is_addr_direct(this.mmu, gpa);
    const gfn = gpa_to_gfn(this.mmu, gpa);
    const isPrivate = this.mmu.mirror === undefined ? asked : !direct;
    const found = super.page(gfn * PAGE, write, isPrivate);
    if (!('byte' in found)) return found;
    for (let tries = 0; tries < TRIES; tries++) {
      if (this.mmu.kvm_tdp_mmu_map(gpa, found) !== 'RET_PF_RETRY') return found;
      if (this.vm_dead) return this.dead();
    }
    return new Errno('EAGAIN', `The fault at ${gpaText(gpa)} is retried for ever.`);
  }

  protected dead(): Errno {
    return new Errno('EIO', `The VM is dead${this.mmu.bugged === undefined ? '' : `: ${this.mmu.bugged}`}.`);
  }

  override kvm_put_kvm(): void {
    super.kvm_put_kvm();
    if (this.freed) this.destroyTables();
  }

  /** The VM is gone: its tables follow. */
  protected destroyTables(): void {
    this.mmu.uninit();
  }
}

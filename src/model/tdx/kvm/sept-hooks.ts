/**
 * KVM's hooks for the Secure EPT: what each change of a mirror becomes in calls to the TDX module.
 * Source: arch/x86/kvm/vmx/tdx.c (tdx_sept_link_private_spt, tdx_sept_set_private_spte, tdx_sept_remove_private_spte,
 * tdx_sept_free_private_spt, tdx_track), Linux 6.16.1, read. KVM counts levels from 1, the module from 0. Left out: vCPUs that run at
 * the same time; whoever is inside is made to leave at once.
 */
import { Errno } from '../../errno.ts';
import type { ExternalEntry, ExternalTable } from '../../kvm/tdp/external.ts';
import type { Frame, PhysicalMemory } from '../../machine/memory.ts';
import { PAGE } from '../../units.ts';
import type { TdxModule } from '../module.ts';
import { SEPT_STATES } from '../sept-states.ts';
import type { TdxStatus } from '../status.ts';

/** What the hooks need of the VM (struct kvm_tdx). */
export interface KvmTdx {
  readonly module: TdxModule;
  readonly memory: PhysicalMemory;
  /** Physical address of the TD's root page. */
  readonly tdr: number;
  /** TD_STATE_RUNNABLE: KVM_TDX_FINALIZE_VM was called. */
  runnable: boolean;
  /** The TD has a key number (is_hkid_assigned). */
  hkid_assigned: boolean;
  /** Leaves in the mirror that TDH.MEM.PAGE.ADD has not filled yet. */
  nr_premapped: number;
  readonly vcpus: number;
}

export class SeptHooks implements ExternalTable {
  readonly #kvm: KvmTdx;

  constructor(kvm: KvmTdx) {
    this.#kvm = kvm;
  }

  link_external_spt(gfn: number, level: number, external_spt: Frame): 0 | Errno {
    const { module, tdr } = this.#kvm;
    return answer(module.tdh_mem_sept_add(tdr, gfn * PAGE, level - 1, pa(external_spt)));
  }

  /** While the guest is built the leaf is only counted: the page comes with its contents, by TDH.MEM.PAGE.ADD. */
  set_external_spte(gfn: number, level: number, frame: Frame): 0 | Errno {
    const { module, tdr, runnable } = this.#kvm;
    if (level !== 1) return new Errno('EIO', 'KVM maps private memory in pages of 4 KiB only.');
    if (runnable) {
      const augmented = answer(module.tdh_mem_page_aug(tdr, gfn * PAGE, 0, pa(frame)));
      if (augmented !== 0) return augmented;
    } else {
      this.#kvm.nr_premapped++;
    }
    // KVM holds a reference of its own, so that a page whose removal fails is never used again.
    this.#kvm.memory.get(frame);
    return 0;
  }

  remove_external_spte(gfn: number, level: number, frame: Frame): 0 | Errno {
    const kvm = this.#kvm;
    const { module, tdr } = kvm;
    if (!kvm.hkid_assigned) return new Errno('EIO', 'The TD has no key any more: no call on its memory goes through.');
    const gpa = gfn * PAGE;
    const blocked = this.#twice(() => module.tdh_mem_range_block(tdr, gpa, level - 1));
    if (isPremapped(kvm, blocked)) {
      kvm.nr_premapped--;
      kvm.memory.put(frame);
      return 0;
    }
    if (blocked.error) return answer(blocked);
    this.#track();
    const removed = this.#twice(() => module.tdh_mem_page_remove(tdr, gpa, level - 1));
    if (removed.error) return answer(removed);
    const flushed = module.tdh_phymem_page_wbinvd(pa(frame));
    if (flushed.error) return answer(flushed);
    // tdx_clear_page: MOVDIR64B over the whole page, so that a later read finds no line of the TD's key.
    frame.clear();
    kvm.memory.put(frame);
    return 0;
  }

  free_external_spt(_gfn: number, _level: number, external_spt: Frame): 0 | Errno {
    if (this.#kvm.hkid_assigned) return new Errno('EINVAL', 'Table pages go back only when the key is freed.');
    return reclaim(this.#kvm.module, external_spt);
  }

  /** A call that finds the operand busy is made once more, with every vCPU kept out. */
  #twice(call: () => TdxStatus): TdxStatus {
    const status = call();
    if (status.name !== 'TDX_OPERAND_BUSY') return status;
    this.#kick();
    return call();
  }

  /** A new epoch, then everybody out: nobody can hold a translation from before. */
  #track(): void {
    if (!this.#kvm.runnable) return;
    this.#twice(() => this.#kvm.module.tdh_mem_track(this.#kvm.tdr));
    this.#kick();
  }

  #kick(): void {
    const { module, tdr, vcpus } = this.#kvm;
    for (let vcpu = 0; vcpu < vcpus; vcpu++) {
      if (module.td(tdr)?.epochs.isInside(vcpu) === true) module.td_exit(tdr, vcpu);
    }
  }

  drawn(): ExternalEntry[] {
    return drawnEntries(this.#kvm);
  }
}

/** Physical address of a page, in bytes. */
export const pa = (frame: Frame): number => frame.pfn * PAGE;

/** What a hook answers for a completion status. */
export function answer(status: TdxStatus): 0 | Errno {
  if (!status.error) return 0;
  return status.name === 'TDX_OPERAND_BUSY'
    ? new Errno('EBUSY', `${status.text}: ${status.why}`)
    : new Errno('EIO', `${status.text}: ${status.why}`);
}

/** PHYMEM.PAGE.RECLAIM, and the page is cleared (tdx_reclaim_page). Errors: EIO. */
export function reclaim(module: TdxModule, frame: Frame): 0 | Errno {
  const status = module.tdh_phymem_page_reclaim(pa(frame));
  if (status.error) return new Errno('EIO', `${status.text}: ${status.why}`);
  frame.clear();
  return 0;
}

/** A leaf that was counted and never filled: the module has a free entry there (tdx_is_sept_zap_err_due_to_premap). */
function isPremapped({ runnable }: KvmTdx, status: TdxStatus): boolean {
  return !runnable && status.name === 'TDX_EPT_ENTRY_STATE_INCORRECT' && status.details.rdx?.state === 'FREE';
}

/** The entries as the module has them, from the root down. */
function drawnEntries({ module, tdr }: KvmTdx): ExternalEntry[] {
  const sept = module.td(tdr)?.sept;
  if (sept === undefined) return [];
  type Table = typeof sept.root;
  const below = (table: Table, first: number): ExternalEntry[] =>
    table.used().flatMap(([index, entry]): ExternalEntry[] => {
      const gfn = first + index * 512 ** table.level;
      const page = entry.table === undefined ? ` 0x${((entry.hpa ?? 0) / PAGE).toString(16)}` : '';
      const owner = SEPT_STATES[entry.state].guest_accessible_leaf ? ('P' as const) : ('F' as const);
      const own: ExternalEntry = {
        level: table.level + 1,
        gfn,
        text: `${entry.state}${page}`,
        ...(entry.table === undefined ? { owner } : {}),
      };
      return [own, ...(entry.table === undefined ? [] : below(entry.table, gfn))];
    });
  return below(sept.root, 0);
}

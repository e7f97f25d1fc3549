/**
 * What KVM asks of whoever owns an external table: four hooks, one for each way in which a mirror changes.
 * Source: struct kvm_x86_ops in arch/x86/include/asm/kvm_host.h, Linux 6.16.1, read. A vendor's code fills them; the entry in
 * the mirror tells which is called: a leaf or a page of entries, set or removed.
 */
import type { Errno } from '../../errno.ts';
import type { Frame } from '../../machine/memory.ts';
import type { Owner } from '../../trace.ts';

/** One entry as its owner has it, for pictures. */
export interface ExternalEntry {
  readonly level: number;
  /** First guest frame number of the entry. */
  readonly gfn: number;
  readonly text: string;
  readonly owner?: Owner;
}

/** Guest frame numbers carry no direct bits; a level is that of the entry. */
export interface ExternalTable {
  /** An entry becomes a page of entries, for which the owner gets a page of its own. Errors: EBUSY, try again; others end the VM. */
  link_external_spt(gfn: number, level: number, external_spt: Frame): 0 | Errno;
  /** An entry becomes a leaf. Errors: EBUSY, try again; others end the VM. */
  set_external_spte(gfn: number, level: number, frame: Frame): 0 | Errno;
  /** A leaf goes. An error ends the VM. */
  remove_external_spte(gfn: number, level: number, frame: Frame): 0 | Errno;
  /** A page of entries goes. After an error the page is never used again. */
  free_external_spt(gfn: number, level: number, external_spt: Frame): 0 | Errno;
  /** The entries from the root down, each before those below it. Not a hook: for looking at the table. */
  drawn?(): readonly ExternalEntry[];
}

/**
 * What KVM asks of whoever owns an external table: four hooks, one for each way in which a mirror changes.
 * Source: struct kvm_x86_ops in arch/x86/include/asm/kvm_host.h, Linux 6.16.1, read. A vendor's code fills them; the entry in
 * the mirror tells which is called: a leaf or a page of entries, set or removed.
 */
import type { Errno } from '../../errno.ts';
import type { Frame } from '../../machine/memory.ts';

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
}

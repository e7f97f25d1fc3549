/** Four ways of asking whether a VM is a TDX one, each put to four kinds of VM. */
import { FAULT_AND_HOOK, HAS_MIRRORED_PT, SHARED_MASK, VM_KINDS, VM_TYPE, yes } from 'unmapped/proposals/tdx-mmu';

VM_KINDS.map(({ name }) => name); // → ['ordinary VM, TDX machine', 'software-protected VM, TDX machine', 'SNP guest', 'TDX guest']

// The patch: a mask that is not zero. An address format, used as a name.
yes(SHARED_MASK); // → ['TDX guest']
// Sean Christopherson: if the detail leaks anyway, say it plainly.
yes(VM_TYPE); // → ['TDX guest']
// Isaku Yamahata: what is asked about is the table.
yes(HAS_MIRRORED_PT); // → ['TDX guest']
// Kai Huang: what is asked about is the access, and whether there is a hook to call.
yes(FAULT_AND_HOOK); // → ['software-protected VM, TDX machine', 'TDX guest']

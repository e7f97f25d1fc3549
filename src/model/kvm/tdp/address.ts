/**
 * Which table translates an address, decided by its direct bits, and how the bits come off and on again.
 * Source: arch/x86/kvm/mmu.h (kvm_gfn_direct_bits, kvm_is_addr_direct, kvm_has_mirrored_tdp), mmu_internal.h, tdp_iter.h
 * (kvm_gfn_root_bits), Linux 6.16.1, read.
 */
import { PAGE } from '../../units.ts';
import type { MmuPage } from './page.ts';

/** True if the guest frame number has a bit; `bit` is a power of two, 0 for none. */
const has = (gfn: number, bit: number): boolean => bit !== 0 && Math.floor(gfn / bit) % 2 === 1;

/** What a VM says about its addresses. */
export interface Addresses {
  /** The bit of a guest frame number that selects the direct table; 0 where there is no such bit (kvm->arch.gfn_direct_bits). */
  readonly gfn_direct_bits: number;
}

/** True if the address is translated by the direct table: always where no direct bit is defined. */
export function kvm_is_addr_direct({ gfn_direct_bits: bit }: Addresses, gpa: number): boolean {
  return bit === 0 || has(Math.floor(gpa / PAGE), bit);
}

/** The guest frame number of an address without the direct bits: what memory slots and attributes know. */
export function gpa_to_gfn({ gfn_direct_bits: bit }: Addresses, gpa: number): number {
  const gfn = Math.floor(gpa / PAGE);
  return has(gfn, bit) ? gfn - bit : gfn;
}

/** The bits that the iterator adds to every guest frame number of a root. */
export function kvm_gfn_root_bits({ gfn_direct_bits: bit }: Addresses, root: MmuPage): number {
  return root.role.is_mirror ? 0 : bit;
}

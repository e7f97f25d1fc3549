/** What a snippet imports as 'unmapped'. */
export { Digest, hexOf } from './digest.ts';
export { ERRNO, Errno, type ErrnoName, failed, Oops, type Result, Signal } from './errno.ts';
export * from './kvm/constants.ts';
export { KvmExit } from './kvm/exit.ts';
export { GuestMemfd, guestMemfdOf } from './kvm/guest-memfd.ts';
export { HypercallError } from './kvm/hypercall.ts';
export { KvmVm, kvm_check_extension, kvm_create_vm, type MemoryAttributes, type VmOptions } from './kvm/kvm-vm.ts';
export { type MemoryRegion2, MemorySlot } from './kvm/memslots.ts';
export { KVM_RULES, type KvmKernel, type KvmRules, kvmRules } from './kvm/rules.ts';
export { gpa_to_gfn, kvm_is_addr_direct } from './kvm/tdp/address.ts';
export type { ExternalTable } from './kvm/tdp/external.ts';
export { type RetPf, TdpMmu, type TdpMmuOptions } from './kvm/tdp/mmu.ts';
export { type OwnedCall, OwnedTable } from './kvm/tdp/owned-table.ts';
export { FROZEN_SPTE, MmuPage, SHADOW_NONPRESENT_VALUE, Spte } from './kvm/tdp/page.ts';
export { TdpVm, type TdpVmOptions } from './kvm/tdp/tdp-vm.ts';
export { KVM_FILTER_PRIVATE, KVM_FILTER_SHARED } from './kvm/tdp/zap.ts';
export * from './linux/constants.ts';
export { Pin } from './linux/gup.ts';
export { Host, type HostOptions } from './linux/host.ts';
export type { Inode } from './linux/inode.ts';
export { IommuDomain, IommuFault } from './linux/iommu.ts';
export type { Evidence, Extension, Kernel, Rules, Use } from './linux/kernel.ts';
export { NotRead } from './linux/notread.ts';
export { Process, type ProcessOptions } from './linux/process.ts';
export { move_to_new_folio, swap_out } from './linux/reclaim.ts';
export { Stat } from './linux/stat.ts';
export { UserBuffer } from './linux/usermemory.ts';
export { kernelsRead, kvmKernelsRead, linux, versionsRead } from './linux/versions.ts';
export type { Word } from './linux/words.ts';
export { Data } from './machine/data.ts';
export type {
  DigestPicture,
  EpochsPicture,
  GraphPicture,
  PagesPicture,
  Picture,
  SequencePicture,
  TablesPicture,
} from './picture.ts';
export * from './sev/index.ts';
export { type Showable, show } from './show.ts';
export * from './tdx/index.ts';
export { type Owner, type OwnerRun, type Ownership, Trace, type TraceEvent } from './trace.ts';
export { at, GiB, KiB, MiB, PAGE } from './units.ts';

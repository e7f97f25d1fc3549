/** What a snippet may import of SEV, SEV-ES and SEV-SNP. */
export { type CpuidLeaf, checkCpuidPage, cpuidPage } from './cpuid-page.ts';
export { SEV_POLICY_ES, SEV_POLICY_NODBG, SEV_POLICY_NOKS } from './guest-context.ts';
export { sevKernel, sevKernels } from './kernels.ts';
export type { LaunchUpdate } from './kvm-launch.ts';
export { type SnpPlatform, snpPlatform } from './kvm-platform.ts';
export { type PageStateChange, PscError } from './kvm-psc.ts';
export { SNP_RULES, type SnpKernel, type SnpRules } from './kvm-rules.ts';
export { type SnpOptions, SnpVm } from './kvm-snp.ts';
export { type DigestStep, LaunchDigest, type LaunchDigestOptions } from './launch-digest.ts';
export type { LaunchPage } from './launch-page.ts';
export {
  asid_flushes,
  asids_to_reclaim,
  clflush,
  memory_chips,
  type SevOptions,
  sevHost,
  vm_page_flush,
  wbinvd,
} from './machine.ts';
export { GuestOwner, Measurement, SecretPacket, sev_measurement } from './measurement.ts';
export { MigrationHelper, SealedPage } from './migration.ts';
export {
  PAGE_TYPE_NAMES,
  SNP_PAGE_TYPE_CPUID,
  SNP_PAGE_TYPE_NORMAL,
  SNP_PAGE_TYPE_SECRETS,
  SNP_PAGE_TYPE_UNMEASURED,
  SNP_PAGE_TYPE_VMSA,
  SNP_PAGE_TYPE_ZERO,
} from './page-info.ts';
export { type PageState, pageState, stateOwner } from './page-state.ts';
export { key_picture } from './picture.ts';
export { Rmp } from './rmp.ts';
export {
  type Access,
  type GuestAccess,
  hostAccess,
  type MapLevel,
  plainGuestAccess,
  snpGuestAccess,
} from './rmp-access.ts';
export {
  permissionText,
  RMP_PG_SIZE_2M,
  RMP_PG_SIZE_4K,
  type RmpEntry,
  type RmpPageSize,
  VMPL_ALL,
  VMPL_EXEC_SUPERVISOR,
  VMPL_EXEC_USER,
  VMPL_READ,
  VMPL_WRITE,
} from './rmp-entry.ts';
export { FAULT_BITS, RMP_CODES, RmpFail, RmpFault } from './rmp-fault.ts';
export { RmpAnswer, type RmpAttributes, Validated } from './rmp-guest.ts';
export type { RmpState } from './rmp-host.ts';
export {
  KVM_CAP_VM_COPY_ENC_CONTEXT_FROM,
  KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM,
  SEV_COMMANDS,
  type SevCommand,
  type SevKernel,
  type SevRules,
} from './rules.ts';
export { kvm_create_sev_vm, type LaunchStart, type SevInfo, SevVm } from './sev-vm.ts';
export { SNP_POLICY_MASK_RSVD_MBO, SNP_POLICY_MASK_SMT, SnpGuestContext, type SnpGuestState } from './snp-context.ts';
export { type IdBlock, type LaunchCommand, SnpFirmware, type SnpFirmwareOptions } from './snp-firmware.ts';
export { SnpGuest, type SnpGuestOptions } from './snp-guest.ts';
export { SnpMachine, type SnpMachineOptions, type VmrunOperands } from './snp-machine.ts';
export { FIRMWARE_STATUS, FirmwareStatus, type FirmwareStatusName } from './status.ts';

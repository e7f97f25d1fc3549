/** What a snippet may import of SEV, SEV-ES and SEV-SNP. */
export { type CpuidLeaf, checkCpuidPage, cpuidPage } from './cpuid-page.ts';
export { SEV_POLICY_ES, SEV_POLICY_NODBG, SEV_POLICY_NOKS } from './guest-context.ts';
export { sevKernel, sevKernels } from './kernels.ts';
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
export {
  KVM_CAP_VM_COPY_ENC_CONTEXT_FROM,
  KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM,
  SEV_COMMANDS,
  type SevCommand,
  type SevKernel,
  type SevRules,
} from './rules.ts';
export { kvm_create_sev_vm, type LaunchStart, type SevInfo, SevVm } from './sev-vm.ts';
export { FIRMWARE_STATUS, FirmwareStatus, type FirmwareStatusName } from './status.ts';

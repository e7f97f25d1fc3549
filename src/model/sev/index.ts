/** What a snippet may import of SEV and SEV-SNP. */
export { type CpuidLeaf, checkCpuidPage, cpuidPage } from './cpuid-page.ts';
export { type DigestStep, LaunchDigest, type LaunchDigestOptions } from './launch-digest.ts';
export type { LaunchPage } from './launch-page.ts';
export {
  PAGE_TYPE_NAMES,
  SNP_PAGE_TYPE_CPUID,
  SNP_PAGE_TYPE_NORMAL,
  SNP_PAGE_TYPE_SECRETS,
  SNP_PAGE_TYPE_UNMEASURED,
  SNP_PAGE_TYPE_VMSA,
  SNP_PAGE_TYPE_ZERO,
} from './page-info.ts';
export { FIRMWARE_STATUS, FirmwareStatus, type FirmwareStatusName } from './status.ts';

/** Every page type once: what enters the digest, page by page. */
import {
  cpuidPage,
  LaunchDigest,
  PAGE,
  SNP_PAGE_TYPE_CPUID,
  SNP_PAGE_TYPE_NORMAL,
  SNP_PAGE_TYPE_SECRETS,
  SNP_PAGE_TYPE_UNMEASURED,
  SNP_PAGE_TYPE_VMSA,
  SNP_PAGE_TYPE_ZERO,
} from 'unmapped';

const launch = new LaunchDigest();
const firmware = new Uint8Array(PAGE).fill(0x90);
const vmsa = new Uint8Array(PAGE);
vmsa[0x3b0] = 1; // SEV_FEATURES: an SNP guest

// Each call adds one record: type, address, permissions and, for two of the types, the hash of the bytes.
launch.snp_launch_update({ gpa: 0xfffff000, page_type: SNP_PAGE_TYPE_NORMAL, data: firmware }); // → SUCCESS
launch.picture('The firmware page is hashed');
launch.snp_launch_update({ gpa: 0x800000, page_type: SNP_PAGE_TYPE_ZERO }); // → SUCCESS
launch.picture('A zero page: its type and its address');
launch.snp_launch_update({ gpa: 0x801000, page_type: SNP_PAGE_TYPE_UNMEASURED, data: firmware }); // → SUCCESS
launch.picture('An unmeasured page: its bytes are not looked at');
launch.snp_launch_update({ gpa: 0x80d000, page_type: SNP_PAGE_TYPE_SECRETS }); // → SUCCESS
launch.picture('The secrets page: the firmware fills it itself');
launch.snp_launch_update({ gpa: 0x80e000, page_type: SNP_PAGE_TYPE_CPUID, data: cpuidPage([]) }); // → SUCCESS
launch.picture('The CPUID page: checked, not hashed');
launch.snp_launch_update({ gpa: 0xfffffffff000, page_type: SNP_PAGE_TYPE_VMSA, data: vmsa }); // → SUCCESS
launch.picture('The registers of a virtual processor: hashed');

launch.digest; // → 91e62b52028704bc…
launch.digest.hex; // → '91e62b52028704bcd342f031ac380f040ed83831f6349f87006e82db668f0ea03e595de2abe8611156a66b41aff92b09'

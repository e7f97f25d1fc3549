/** Secrets and CPUID pages enter by type and address; which table the firmware accepted cannot be seen. */
import { cpuidPage, LaunchDigest, SNP_PAGE_TYPE_CPUID, SNP_PAGE_TYPE_SECRETS } from 'unmapped';

const rich = cpuidPage([{ eax_in: 0x7, ebx: 0x219c07ab }]);
const poor = cpuidPage([{ eax_in: 0x7, ebx: 0 }]);
const first = new LaunchDigest();
first.snp_launch_update({ gpa: 0x80d000, page_type: SNP_PAGE_TYPE_SECRETS }); // → SUCCESS
first.snp_launch_update({ gpa: 0x80e000, page_type: SNP_PAGE_TYPE_CPUID, data: rich }); // → SUCCESS
const second = new LaunchDigest();
second.snp_launch_update({ gpa: 0x80d000, page_type: SNP_PAGE_TYPE_SECRETS }); // → SUCCESS
second.snp_launch_update({ gpa: 0x80e000, page_type: SNP_PAGE_TYPE_CPUID, data: poor }); // → SUCCESS

first.digest.equals(second.digest); // → true

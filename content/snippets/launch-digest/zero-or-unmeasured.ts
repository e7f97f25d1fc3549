/** Three ways to give a guest a page of zeros, and three digests. */
import { LaunchDigest, PAGE, SNP_PAGE_TYPE_NORMAL, SNP_PAGE_TYPE_UNMEASURED, SNP_PAGE_TYPE_ZERO } from 'unmapped';

const zeros = new Uint8Array(PAGE);
const normal = new LaunchDigest();
normal.snp_launch_update({ gpa: 0, page_type: SNP_PAGE_TYPE_NORMAL, data: zeros }); // → SUCCESS
const zero = new LaunchDigest();
zero.snp_launch_update({ gpa: 0, page_type: SNP_PAGE_TYPE_ZERO, data: zeros }); // → SUCCESS
const unmeasured = new LaunchDigest();
unmeasured.snp_launch_update({ gpa: 0, page_type: SNP_PAGE_TYPE_UNMEASURED, data: zeros }); // → SUCCESS

normal.digest; // → 9d13634b6014bb21…
zero.digest; // → 70c0ecaab9608f14…
unmeasured.digest; // → ed501ced343b88df…

/** The digest is a log of calls: the same two pages in the other order give another digest. */
import { LaunchDigest, PAGE, SNP_PAGE_TYPE_NORMAL } from 'unmapped';

const a = { gpa: 0x1000, page_type: SNP_PAGE_TYPE_NORMAL, data: new Uint8Array(PAGE).fill(0xaa) };
const b = { gpa: 0x2000, page_type: SNP_PAGE_TYPE_NORMAL, data: new Uint8Array(PAGE).fill(0xbb) };

const first = new LaunchDigest();
first.snp_launch_update(a); // → SUCCESS
first.snp_launch_update(b); // → SUCCESS
const second = new LaunchDigest();
second.snp_launch_update(b); // → SUCCESS
second.snp_launch_update(a); // → SUCCESS

first.digest; // → c0d38377e51eb1b5…
second.digest; // → 4be692ccd540b6d8…
first.digest.equals(second.digest); // → false

/** The same bytes at another guest address give another digest. */
import { LaunchDigest, PAGE, SNP_PAGE_TYPE_NORMAL } from 'unmapped';

const data = new Uint8Array(PAGE).fill(0x90);
const here = new LaunchDigest();
here.snp_launch_update({ gpa: 0x100000, page_type: SNP_PAGE_TYPE_NORMAL, data }); // → SUCCESS
const there = new LaunchDigest();
there.snp_launch_update({ gpa: 0x101000, page_type: SNP_PAGE_TYPE_NORMAL, data }); // → SUCCESS

here.digest; // → cf20d4df45d9a80a…
there.digest; // → 84399bebb49a6385…
here.digest.equals(there.digest); // → false

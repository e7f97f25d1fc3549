/** What the lower privilege levels may do with a page is part of what is measured. */
import { LaunchDigest, PAGE, SNP_PAGE_TYPE_NORMAL } from 'unmapped';

const page = { gpa: 0x100000, page_type: SNP_PAGE_TYPE_NORMAL, data: new Uint8Array(PAGE).fill(0x90) };
const none = new LaunchDigest();
none.snp_launch_update(page); // → SUCCESS
const vmpl1 = new LaunchDigest();
vmpl1.snp_launch_update({ ...page, vmpl1_perms: 0b1111 }); // → SUCCESS
const vmpl3 = new LaunchDigest();
vmpl3.snp_launch_update({ ...page, vmpl3_perms: 0b1111 }); // → SUCCESS

none.digest; // → cf20d4df45d9a80a…
vmpl1.digest; // → e2f830fab43f6f26…
vmpl3.digest; // → 91d34167c7b69f25…

/** A call that is refused measures nothing; a page that is taken away stays measured. */
import { page, TdBuild } from 'unmapped';

const td = new TdBuild();
td.tdh_mr_extend(0x3000); // → TDX_EPT_ENTRY_NOT_PRESENT|RCX
td.tdh_mem_page_add(0x3000, page('first')); // → TDX_SUCCESS
td.tdh_mem_page_add(0x3000, page('second')); // → TDX_EPT_ENTRY_STATE_INCORRECT|RCX
td.tdh_mem_page_add(2 ** 47, page('shared')); // → TDX_OPERAND_INVALID|RCX
const once = td.digest;

// Before TDH.MR.FINALIZE a page can go again. The measurement cannot.
td.tdh_mem_page_remove(0x3000); // → TDX_SUCCESS
td.digest.equals(once); // → true
td.tdh_mem_page_add(0x3000, page('second')); // → TDX_SUCCESS
td.digest.equals(once); // → false

td.vcpus = 0;
td.tdh_mr_finalize(); // → TDX_NO_VCPUS
td.vcpus = 1;
td.tdh_mr_finalize(); // → TDX_SUCCESS
td.tdh_mem_page_add(0x4000); // → TDX_OP_STATE_INCORRECT

/** A table can go only when it is empty, and nothing below a blocked entry can be reached: a zap goes from the leaf up. */
import { add_tables, initialized_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = initialized_td(tdx);
add_tables(tdx, td); // → 3
tdx.tdh_mem_page_add(td, 0x0, 0x4020_0000, 0x1_0000); // → TDX_SUCCESS
tdx.tdh_mr_finalize(td); // → TDX_SUCCESS

// From the top: the whole 2 MiB at once.
tdx.tdh_mem_sept_remove(td, 0x0, 1); // → TDX_GPA_RANGE_NOT_BLOCKED|RCX (level 1, NL_MAPPED)
tdx.tdh_mem_range_block(td, 0x0, 1); // → TDX_SUCCESS
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.tdh_mem_sept_remove(td, 0x0, 1); // → TDX_EPT_PAGE_NOT_FREE|RCX (level 1, NL_BLOCKED)
tdx.tdh_mem_page_remove(td, 0x0, 0); // → TDX_EPT_WALK_FAILED|RCX (level 1, NL_BLOCKED)

// From the leaf.
tdx.tdh_mem_range_unblock(td, 0x0, 1); // → TDX_SUCCESS
tdx.tdh_mem_range_block(td, 0x0, 0); // → TDX_SUCCESS
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.tdh_mem_page_remove(td, 0x0, 0); // → TDX_SUCCESS (page 0x40200000)
tdx.tdh_mem_range_block(td, 0x0, 1); // → TDX_SUCCESS
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.tdh_mem_sept_remove(td, 0x0, 1); // → TDX_SUCCESS (page 0x40012000)

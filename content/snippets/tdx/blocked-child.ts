/** Blocking is no inheritance: each entry keeps its own state under a blocked parent and shows it again afterwards. */
import { runnable_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = runnable_td(tdx);
tdx.tdh_mem_page_aug(td, 0x0, 0, 0x4020_0000); // → TDX_SUCCESS
tdx.tdh_mem_page_aug(td, 0x1000, 0, 0x4020_1000); // → TDX_SUCCESS
tdx.tdg_mem_page_accept(td, 0x0, 0); // → TDX_SUCCESS

// A leaf, and then the table above it.
tdx.tdh_mem_range_block(td, 0x0, 0); // → TDX_SUCCESS
tdx.tdh_mem_range_block(td, 0x0, 1); // → TDX_SUCCESS
tdx.entry(td, 0x0, 0); // → undefined
tdx.tdh_mem_track(td); // → TDX_SUCCESS

// The table again: the leaf is as blocked as before, its neighbor as pending.
tdx.tdh_mem_range_unblock(td, 0x0, 1); // → TDX_SUCCESS
tdx.entry(td, 0x0, 0); // → 'BLOCKED'
tdx.entry(td, 0x1000, 0); // → 'PENDING'

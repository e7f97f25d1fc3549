/** Three calls that keep what a page holds, none of which Linux 6.16 has a wrapper for: unblock, relocate, promote. */
import { runnable_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = runnable_td(tdx);
for (let i = 0; i < 512; i++) tdx.tdh_mem_page_aug(td, i * 4096, 0, 0x4020_0000 + i * 4096); // → TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, …, TDX_SUCCESS (×512)
for (let i = 0; i < 512; i++) tdx.tdg_mem_page_accept(td, i * 4096, 0); // → TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, …, TDX_SUCCESS (×512)
tdx.guest_write(td, 0x0, Uint8Array.of(0x11, 0x22)); // → 0

tdx.tdh_mem_range_block(td, 0x0, 0); // → TDX_SUCCESS
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.tdh_mem_page_relocate(td, 0x0, 0x4060_0000); // → TDX_SUCCESS (page 0x40200000)
tdx.guest_read(td, 0x0, 2); // → 11 22

// And back to its place, so that the 512 pages lie in a row again.
tdx.tdh_mem_range_block(td, 0x0, 0); // → TDX_SUCCESS
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.tdh_mem_page_relocate(td, 0x0, 0x4020_0000); // → TDX_SUCCESS (page 0x40600000)
tdx.tdh_mem_range_block(td, 0x0, 1); // → TDX_SUCCESS
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.tdh_mem_page_promote(td, 0x0, 1); // → TDX_SUCCESS (page 0x40012000)
tdx.guest_read(td, 0x0, 2); // → 11 22

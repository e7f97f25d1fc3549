/** The same page under the same address, taken away and given back: the contents are gone. */
import { runnable_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = runnable_td(tdx);
const page = 0x4020_0000;

tdx.tdh_mem_page_aug(td, 0x0, 0, page); // → TDX_SUCCESS
tdx.tdg_mem_page_accept(td, 0x0, 0); // → TDX_SUCCESS
tdx.guest_write(td, 0x0, Uint8Array.of(0x5e, 0xc3)); // → 0
tdx.guest_read(td, 0x0, 4); // → 5e c3 00 00

// What KVM does to zap it.
tdx.tdh_mem_range_block(td, 0x0, 0); // → TDX_SUCCESS
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.tdh_mem_page_remove(td, 0x0, 0); // → TDX_SUCCESS (page 0x40200000)
tdx.tdh_phymem_page_wbinvd(page); // → TDX_SUCCESS

// The only way back: a page that waits, and an accept that zeroes it.
tdx.tdh_mem_page_add(td, 0x0, page, 0x1_0000); // → TDX_OP_STATE_INCORRECT
tdx.tdh_mem_page_aug(td, 0x0, 0, page); // → TDX_SUCCESS
tdx.guest_read(td, 0x0, 4); // → #VE
tdx.tdg_mem_page_accept(td, 0x0, 0); // → TDX_SUCCESS
tdx.guest_read(td, 0x0, 4); // → 00×4

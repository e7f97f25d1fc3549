/** A page of 2 MiB: an interrupt may stop the accept, and a smaller request needs the host to split the page first. */
import { runnable_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = runnable_td(tdx, { tables: 1 });
tdx.tdh_mem_page_aug(td, 0x0, 1, 0x4020_0000); // → TDX_SUCCESS

// 4 KiB of it: the host is asked to demote.
tdx.tdg_mem_page_accept(td, 0x0, 0); // → TD exit EPT_VIOLATION (ACCEPT, asked for level 0, entry at level 1)

// All of it, with an interrupt after 100 pages: the instruction goes on where it was.
tdx.tdg_mem_page_accept(td, 0x0, 1, { interrupt_after: 100 }); // → interrupted
tdx.entry(td, 0x0, 1); // → 'PENDING'
tdx.tdg_mem_page_accept(td, 0x0, 1); // → TDX_SUCCESS
tdx.entry(td, 0x0, 1); // → 'MAPPED'
tdx.tdg_mem_page_accept(td, 0x5000, 0); // → TDX_PAGE_ALREADY_ACCEPTED (level 1)

// The host splits it; the contents stay.
tdx.guest_write(td, 0x5000, Uint8Array.of(0x55)); // → 0
tdx.tdh_mem_range_block(td, 0x0, 1); // → TDX_SUCCESS
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.tdh_mem_page_demote(td, 0x0, 1, 0x4060_0000); // → TDX_SUCCESS
tdx.guest_read(td, 0x5000, 1); // → 55

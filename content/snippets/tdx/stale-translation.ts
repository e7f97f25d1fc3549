/** A block does not reach into a TLB: a virtual CPU that stays inside goes on using the page, so the page may not go. */
import { runnable_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = runnable_td(tdx);
tdx.tdh_mem_page_aug(td, 0x0, 0, 0x4020_0000); // → TDX_SUCCESS
tdx.tdg_mem_page_accept(td, 0x0, 0); // → TDX_SUCCESS

// VCPU 0 touches the page; the host blocks it. One read by VCPU 0, one that asks the tree.
tdx.tdh_vp_enter(td, 0); // → TDX_SUCCESS
tdx.guest_write(td, 0x0, Uint8Array.of(0x5e), 0); // → 0
tdx.tdh_mem_range_block(td, 0x0, 0); // → TDX_SUCCESS
tdx.guest_read(td, 0x0, 1, 0); // → 5e
tdx.guest_read(td, 0x0, 1); // → TD exit EPT_VIOLATION (entry at level 0)

// A new epoch changes nothing for who is inside.
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.guest_read(td, 0x0, 1, 0); // → 5e
tdx.tdh_mem_page_remove(td, 0x0, 0); // → TDX_TLB_TRACKING_NOT_DONE|RCX

// Out and in again: flushed, and the page may go.
tdx.td_exit(td, 0); // → TDX_SUCCESS
tdx.tdh_vp_enter(td, 0); // → TDX_SUCCESS
tdx.guest_read(td, 0x0, 1, 0); // → TD exit EPT_VIOLATION (entry at level 0)
tdx.tdh_mem_page_remove(td, 0x0, 0); // → TDX_SUCCESS (page 0x40200000)

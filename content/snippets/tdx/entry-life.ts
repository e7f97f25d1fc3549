/** One page from the host to the guest and back: each call changes the state of its entry. */
import { runnable_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = runnable_td(tdx);
const page = 0x4020_0000;

// The host gives a page, the guest takes it.
tdx.tdh_mem_page_aug(td, 0x0, 0, page); // → TDX_SUCCESS
tdx.entry(td, 0x0, 0); // → 'PENDING'
tdx.tdg_mem_page_accept(td, 0x0, 0); // → TDX_SUCCESS
tdx.entry(td, 0x0, 0); // → 'MAPPED'
tdx.guest_write(td, 0x0, Uint8Array.of(0x5e, 0xc3)); // → 0
tdx.sept_picture(td, 'Mapped');

// The host takes it back: block, track, remove.
tdx.tdh_mem_range_block(td, 0x0, 0); // → TDX_SUCCESS
tdx.guest_read(td, 0x0, 2); // → TD exit EPT_VIOLATION (entry at level 0)
tdx.sept_picture(td, 'Blocked');
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.tdh_mem_page_remove(td, 0x0, 0); // → TDX_SUCCESS (page 0x40200000)
tdx.entry(td, 0x0, 0); // → 'FREE'
tdx.sept_picture(td, 'Free again; the tables stay');

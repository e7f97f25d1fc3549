/** A virtual CPU that stays inside holds up the removal of a page, and the next epoch. */
import { add_tables, initialized_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = initialized_td(tdx, { vcpus: 2 });
add_tables(tdx, td); // → 3
tdx.tdh_mem_page_add(td, 0x0, 0x4020_0000, 0x1_0000); // → TDX_SUCCESS
tdx.tdh_mr_finalize(td); // → TDX_SUCCESS

// VCPU 0 goes in and stays.
tdx.tdh_vp_enter(td, 0); // → TDX_SUCCESS
tdx.tdh_mem_range_block(td, 0x0, 0); // → TDX_SUCCESS
tdx.epochs_picture(td, 'Blocked in epoch 1, with VCPU 0 inside');
tdx.tdh_mem_track(td); // → TDX_SUCCESS
tdx.epochs_picture(td, 'A new epoch; VCPU 0 is still in the old one');
tdx.tdh_mem_page_remove(td, 0x0, 0); // → TDX_TLB_TRACKING_NOT_DONE|RCX

// Whoever enters now begins in the new epoch; another epoch has to wait.
tdx.tdh_vp_enter(td, 1); // → TDX_SUCCESS
tdx.tdh_mem_track(td); // → TDX_PREVIOUS_TLB_EPOCH_BUSY
tdx.epochs_picture(td, 'Two epochs are inside; a third has to wait');

// One exit is enough.
tdx.td_exit(td, 0); // → TDX_SUCCESS
tdx.tdh_mem_page_remove(td, 0x0, 0); // → TDX_SUCCESS (page 0x40200000)
tdx.epochs_picture(td, 'VCPU 0 left once; VCPU 1 never mattered');

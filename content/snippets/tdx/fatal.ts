/** After a machine check in the guest the module refuses every call on the TD; only the way down is left. */
import { runnable_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = runnable_td(tdx);
tdx.tdh_mem_page_aug(td, 0x0, 0, 0x4020_0000); // → TDX_SUCCESS
tdx.tdg_mem_page_accept(td, 0x0, 0); // → TDX_SUCCESS

tdx.machine_check(td); // → TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE
tdx.tdh_vp_enter(td, 0); // → TDX_TD_FATAL
tdx.tdh_mem_page_aug(td, 0x1000, 0, 0x4020_1000); // → TDX_TD_FATAL
tdx.tdh_mem_range_block(td, 0x0, 0); // → TDX_TD_FATAL

// Teardown needs no tree and no order but one.
tdx.tdh_mng_vpflushdone(td); // → TDX_SUCCESS
tdx.tdh_phymem_cache_wb(); // → TDX_SUCCESS
tdx.tdh_mng_key_freeid(td); // → TDX_SUCCESS
tdx.tdh_phymem_page_reclaim(0x4001_0000); // → TDX_SUCCESS (EPT, owner 0x40000000)
tdx.tdh_phymem_page_reclaim(0x4020_0000); // → TDX_SUCCESS (REG, owner 0x40000000)

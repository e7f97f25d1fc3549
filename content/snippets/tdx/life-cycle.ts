/** A TD from its first page to its last: key, control pages, measurement, and the way down in its only order. */
import { PAGE, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = 0x4000_0000;
tdx.tdh_mng_create(td, 40); // → TDX_SUCCESS
tdx.tdh_mng_addcx(td, td + PAGE); // → TDX_TD_KEYS_NOT_CONFIGURED
tdx.tdh_mng_key_config(td); // → TDX_SUCCESS
for (let i = 1; i <= 6; i++) tdx.tdh_mng_addcx(td, td + i * PAGE); // → TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS (×6)
tdx.tdh_mem_sept_add(td, 0x0, 3, 0x4001_0000); // → TDX_OP_STATE_INCORRECT
tdx.tdh_mng_init(td); // → TDX_SUCCESS
tdx.tdh_mr_finalize(td); // → TDX_NO_VCPUS
tdx.tdh_vp_create(td, 0x4000_8000); // → TDX_SUCCESS
tdx.tdh_mem_sept_add(td, 0x0, 3, 0x4001_0000); // → TDX_SUCCESS
tdx.tdh_mr_finalize(td); // → TDX_SUCCESS
tdx.tdh_vp_enter(td, 0); // → TDX_SUCCESS
tdx.td_exit(td, 0); // → TDX_SUCCESS

// The way down.
tdx.tdh_phymem_page_reclaim(0x4001_0000); // → TDX_LIFECYCLE_STATE_INCORRECT
tdx.tdh_mng_vpflushdone(td); // → TDX_FLUSHVP_NOT_DONE
tdx.tdh_vp_flush(td, 0); // → TDX_SUCCESS
tdx.tdh_mng_vpflushdone(td); // → TDX_SUCCESS
tdx.tdh_mem_range_block(td, 0x0, 3); // → TDX_TD_KEYS_NOT_CONFIGURED
tdx.tdh_mng_key_freeid(td); // → TDX_WBCACHE_NOT_COMPLETE
tdx.tdh_phymem_cache_wb(); // → TDX_SUCCESS
tdx.tdh_mng_key_freeid(td); // → TDX_SUCCESS
tdx.tdh_phymem_page_reclaim(td); // → TDX_TD_ASSOCIATED_PAGES_EXIST
for (const page of [0x4001_0000, 0x4000_8000]) tdx.tdh_phymem_page_reclaim(page); // → TDX_SUCCESS (EPT, owner 0x40000000), TDX_SUCCESS (TDVPR, owner 0x40000000) (×2)
for (let i = 1; i <= 6; i++) tdx.tdh_phymem_page_reclaim(td + i * PAGE); // → TDX_SUCCESS (TDCX, owner 0x40000000), TDX_SUCCESS (TDCX, owner 0x40000000), TDX_SUCCESS (TDCX, owner 0x40000000), TDX_SUCCESS (TDCX, owner 0x40000000), TDX_SUCCESS (TDCX, owner 0x40000000), TDX_SUCCESS (TDCX, owner 0x40000000) (×6)
tdx.tdh_phymem_page_reclaim(td); // → TDX_SUCCESS (TDR, owner 0x40000000)

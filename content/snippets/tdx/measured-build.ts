/** What is measured while a TD is built: addresses by adding, contents by extending; removing undoes neither. */
import { add_tables, initialized_td, PAGE, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = initialized_td(tdx);
add_tables(tdx, td); // → 3
const source = 0x1_0000;
tdx.host_write(source, new Uint8Array(PAGE).fill(0x41));

tdx.mrtd(td); // → 38b060a751ac9638…
tdx.tdh_mem_page_add(td, 0x0, 0x4020_0000, source); // → TDX_SUCCESS
tdx.mrtd(td); // → 8f3e9a8aca6784ea…
for (let at = 0; at < PAGE; at += 256) tdx.tdh_mr_extend(td, at); // → TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, …, TDX_SUCCESS (×16)
tdx.mrtd(td); // → 60093189086058d2…

// Take the page away and add it again: the address is measured twice.
tdx.tdh_mem_page_remove(td, 0x0, 0); // → TDX_SUCCESS (page 0x40200000)
tdx.mrtd(td); // → 60093189086058d2…
tdx.tdh_mem_page_add(td, 0x0, 0x4020_0000, source); // → TDX_SUCCESS
tdx.mrtd(td); // → edc5d961d2bd02e6…
tdx.tdh_mr_finalize(td); // → TDX_SUCCESS
tdx.tdh_mem_page_add(td, 0x1000, 0x4020_1000, source); // → TDX_OP_STATE_INCORRECT
tdx.tdh_mr_extend(td, 0x0); // → TDX_OP_STATE_INCORRECT

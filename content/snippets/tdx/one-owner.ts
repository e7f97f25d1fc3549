/** A physical page has one owner and one role: no second address, no second role, no second TD. */
import { add_tables, initialized_td, runnable_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = runnable_td(tdx);
const page = 0x4020_0000;
tdx.tdh_mem_page_aug(td, 0x0, 0, page); // → TDX_SUCCESS
tdx.tdh_phymem_page_rdmd(page); // → TDX_SUCCESS (level 0, REG, owner 0x40000000)

// Under another address of the same guest.
tdx.tdh_mem_page_aug(td, 0x1000, 0, page); // → TDX_PAGE_METADATA_INCORRECT|R8
// As a table.
tdx.tdh_mem_sept_add(td, 0x20_0000, 1, page); // → TDX_PAGE_METADATA_INCORRECT|R8
// As the root page of a TD, and as that TD's memory.
tdx.tdh_mng_create(page, 41); // → TDX_PAGE_METADATA_INCORRECT|RCX
const other = initialized_td(tdx, { tdr: 0x5000_0000, hkid: 41 });
add_tables(tdx, other, 0, 0, 0x5001_0000); // → 3
tdx.tdh_mem_page_add(other, 0x0, page, 0x1_0000); // → TDX_PAGE_METADATA_INCORRECT|R8
// The TD's own root page: the call holds its lock.
tdx.tdh_mem_page_aug(td, 0x1000, 0, td); // → TDX_OPERAND_BUSY|R8

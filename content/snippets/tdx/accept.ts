/** Accepting memory is a negotiation: the guest asks, the host provides, the guest takes. */
import { runnable_td, TdxModule } from 'unmapped';

const tdx = new TdxModule();
const td = runnable_td(tdx);

// Nothing is there: the call becomes an exit, with what was asked for.
tdx.tdg_mem_page_accept(td, 0x0, 0); // → TD exit EPT_VIOLATION (ACCEPT, asked for level 0, entry at level 0)
tdx.tdh_mem_page_aug(td, 0x0, 0, 0x4020_0000); // → TDX_SUCCESS
tdx.guest_read(td, 0x0, 8); // → #VE
tdx.tdg_mem_page_accept(td, 0x0, 0); // → TDX_SUCCESS
tdx.guest_read(td, 0x0, 8); // → 00×8

// Again: a success code that says it was done before.
const again = tdx.tdg_mem_page_accept(td, 0x0, 0); // → TDX_PAGE_ALREADY_ACCEPTED (level 0)
'error' in again && again.error; // → false

// A larger page than the host maps, and a larger one than there is.
tdx.tdg_mem_page_accept(td, 0x0, 1); // → TDX_PAGE_SIZE_MISMATCH (level 1)
tdx.tdg_mem_page_accept(td, 0x0, 2); // → TDX_OPERAND_INVALID|RCX

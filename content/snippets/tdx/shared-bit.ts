/** Two halves of one address space: the shared bit chooses the table, and the module's calls take only private addresses. */
import { isPrivate, runnable_td, sharedAddress, sharedBit, TdxModule } from 'unmapped';

// GPAW 0 is 48 bits of address, GPAW 1 is 52.
sharedBit(0); // → 47
sharedBit(1); // → 51
sharedAddress(0x1000, 0); // → 0x800000001000
isPrivate(2 ** 47, 0); // → false
isPrivate(2 ** 47, 1); // → true

const tdx = new TdxModule();
const td = runnable_td(tdx);
tdx.tdh_mem_page_aug(td, 0x1000, 0, 0x4020_0000); // → TDX_SUCCESS
tdx.tdg_mem_page_accept(td, 0x1000, 0); // → TDX_SUCCESS
tdx.guest_write(td, 0x1000, Uint8Array.of(0x5e)); // → 0

// The same page by its shared address: another table, which the host owns.
tdx.guest_read(td, sharedAddress(0x1000, 0), 1); // → TD exit EPT_VIOLATION
tdx.tdh_mem_page_aug(td, sharedAddress(0x1000, 0), 0, 0x4020_1000); // → TDX_OPERAND_INVALID|RCX
tdx.tdh_mem_range_block(td, sharedAddress(0x1000, 0), 0); // → TDX_OPERAND_INVALID|RCX

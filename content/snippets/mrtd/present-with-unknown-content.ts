/** A page that is added and never measured is in MRTD as present; its content can be anything. */
import { filled, TdBuild, zeros } from 'unmapped';

const honest = new TdBuild({ name: 'zeros' });
const other = new TdBuild({ name: 'ones' });
honest.tdh_mem_page_add(0x8000, zeros); // → TDX_SUCCESS
other.tdh_mem_page_add(0x8000, filled(0xff)); // → TDX_SUCCESS
honest.digest.equals(other.digest); // → true

// One chunk is enough to tell them apart, if it covers the difference.
honest.tdh_mr_extend(0x8000); // → TDX_SUCCESS
other.tdh_mr_extend(0x8000); // → TDX_SUCCESS
honest.digest.equals(other.digest); // → false

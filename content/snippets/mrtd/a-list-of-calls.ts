/** MRTD is a hash of a list of calls: what was added, what of it was measured, in which order. */
import { page, TdBuild } from 'unmapped';

const td = new TdBuild();
td.digest; // → 38b060a751ac9638…

// Adding a page measures its address. What is in it is not looked at.
td.tdh_mem_page_add(0x1000, page('firmware')); // → TDX_SUCCESS
td.digest; // → fcdabf6fdf38b87d…

// 256 bytes of it, with their address. Sixteen such calls measure the page.
td.tdh_mr_extend(0x1000); // → TDX_SUCCESS
td.digest; // → 0246a9e141d6bec4…
for (let gpa = 0x1100; gpa < 0x2000; gpa += 0x100) td.tdh_mr_extend(gpa); // → TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, …, TDX_SUCCESS (×15)

// Closed: what stands there now is MRTD.
td.tdh_mr_finalize(); // → TDX_SUCCESS
td.digest.hex; // → '9560ca9c9556b0bfb2c1a65c3a54f138b0fec58cd0a59fcbc7c3acff14222adfc35428c8b04790523a18b5b52a14f610'

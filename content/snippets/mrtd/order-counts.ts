/** The same pages in another order give another MRTD, and so do the same calls grouped in another way. */
import { filled, TdBuild } from 'unmapped';

const PAGES = [0x1000, 0x2000];

// Page by page, as KVM does it.
const interleaved = new TdBuild({ name: 'page by page' });
for (const gpa of PAGES) {
  interleaved.tdh_mem_page_add(gpa, filled(1)); // → TDX_SUCCESS, TDX_SUCCESS (×2)
  interleaved.extendPage(gpa); // → TDX_SUCCESS, TDX_SUCCESS (×2)
}

// All additions first, as some tools compute it.
const twoPass = new TdBuild({ name: 'adds first' });
for (const gpa of PAGES) twoPass.tdh_mem_page_add(gpa, filled(1)); // → TDX_SUCCESS, TDX_SUCCESS (×2)
for (const gpa of PAGES) twoPass.extendPage(gpa); // → TDX_SUCCESS, TDX_SUCCESS (×2)

interleaved.digest; // → a2003f8cd4696dfe…
twoPass.digest; // → 5258cf8b6ace3c6c…
interleaved.digest.equals(twoPass.digest); // → false

/** One firmware section list, built by the rules of different programs: the same bytes, several MRTDs. */
import { build_tdvf, seeded, TdBuild, type TdvfPolicy, type TdvfSection } from 'unmapped';

const image = seeded('firmware')(0, 0x4000);
const section = { data_offset: 0, raw_data_size: 0, memory_data_size: 0x2000n, attributes: 0 };
const sections: TdvfSection[] = [
  { ...section, type: 'BFV', memory_address: 0xffffe000n, raw_data_size: 0x2000, data_offset: 0x2000, attributes: 1 },
  { ...section, type: 'CFV', memory_address: 0xffffc000n, raw_data_size: 0x1800, attributes: 1 },
  { ...section, type: 'TEMP_MEM', memory_address: 0x810000n, attributes: 2 },
];

function mrtd(policy: TdvfPolicy): string {
  const td = new TdBuild();
  build_tdvf(td, image, sections, policy);
  td.tdh_mr_finalize();
  return td.digest.hex.slice(0, 16);
}

const qemu: TdvfPolicy = { order: 'interleaved', page_aug: 'ignore', short_data: 'next-image-bytes' };
mrtd(qemu); // → 'bb65bf093abda304'
mrtd({ ...qemu, page_aug: 'skip', short_data: 'zero-pad' }); // → '444d1705d55d6e89'
mrtd({ ...qemu, page_aug: 'skip' }); // → '0847621be736a017'
mrtd({ ...qemu, order: 'two-pass', page_aug: 'skip' }); // → '96f7ccfb2ca7d8f4'
mrtd({ ...qemu, order: 'two-pass', short_data: 'extend-raw-only' }); // → '1e87b5aae2072360'

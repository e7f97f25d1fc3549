/**
 * TDVF metadata: the list in a firmware image that says which parts of guest memory exist before the guest runs, what they hold
 * and which of them are measured.
 *
 * Sources: OvmfPkg/ResetVector of tianocore/edk2 (c5aa7e7d94c0), hw/i386/tdvf.c of qemu (6f1035fc6540), td-shim-interface of
 * td-shim (125eeab58f69), all source read; held against content/evidence/tdx_mrtd/images.json.
 */

/** Names of section types; td-shim knows all, QEMU and Google's tool the first four. */
export const TDVF_SECTION_TYPES = [
  'BFV',
  'CFV',
  'TD_HOB',
  'TEMP_MEM',
  'PERM_MEM',
  'PAYLOAD',
  'PAYLOAD_PARAM',
  'TD_INFO',
] as const;

/** Attribute bit 0: the pages are measured with TDH.MR.EXTEND. */
export const TDVF_SECTION_ATTRIBUTES_MR_EXTEND = 1;
/** Attribute bit 1: the pages are not added before the guest runs but augmented. Builders disagree on it. */
export const TDVF_SECTION_ATTRIBUTES_PAGE_AUG = 2;

export interface TdvfSection {
  /** By name, or `type N` where no name is known. */
  readonly type: string;
  readonly attributes: number;
  /** Bytes. */
  readonly memory_address: bigint;
  readonly memory_data_size: bigint;
  /** Where the section's bytes begin in the image, and how many there are. */
  readonly data_offset: number;
  readonly raw_data_size: number;
}

export interface Tdvf {
  readonly sections: readonly TdvfSection[];
  /** Where the descriptor was found: some tools know the GUID table only. */
  readonly found: 'guid-table' | 'offset-at-end';
  /** Offset of the descriptor in the image. */
  readonly descriptor: number;
}

/** No TD can be built from the image; the message is for a person. */
export class NoTdvf extends Error {
  override readonly name = 'NoTdvf';
}

const FOOTER_GUID = 'de82b596b21ff745baeaa366c55a082d';
const OFFSET_GUID = '35657ae44a989847865e4685a7bf8ec2';
const GUID = 16;
/** A table entry ends in its length (2 bytes) and its GUID. */
const ENTRY_END = 2 + GUID;
/** The GUID table ends so many bytes before the end of the image: the reset vector stands behind it. */
const TABLE_END = 32;
const HEADER = 16;
const SECTION = 32;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const view = (image: Uint8Array): DataView => new DataView(image.buffer, image.byteOffset, image.byteLength);
const inHex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** The metadata of a firmware image. Throws NoTdvf where there is none or where it cannot be right. */
export function parseTdvf(image: Uint8Array): Tdvf {
  if (image.length < TABLE_END + ENTRY_END)
    throw new NoTdvf(`The image has ${image.length} bytes: too few for a firmware.`);
  const data = view(image);
  const { descriptor, found } = locate(image, data);
  if (descriptor < 0 || descriptor + HEADER > image.length) {
    throw new NoTdvf(
      found === 'guid-table'
        ? `The GUID table puts the TDVF descriptor at ${descriptor}, outside of the image.`
        : 'There is no TDVF metadata: no GUID table 32 bytes before the end, and no descriptor at the offset that stands there.',
    );
  }
  if (hex(image.subarray(descriptor, descriptor + 4)) !== '54445646') {
    throw new NoTdvf(
      found === 'guid-table'
        ? `The GUID table points to ${inHex(descriptor)}, where no TDVF descriptor stands.`
        : 'There is no TDVF metadata: no GUID table 32 bytes before the end, and no descriptor at the offset that stands there.',
    );
  }
  const [length, version, count] = [4, 8, 12].map((at) => data.getUint32(descriptor + at, true)) as [
    number,
    number,
    number,
  ];
  if (version !== 1) throw new NoTdvf(`The TDVF descriptor has version ${version}; version 1 is known.`);
  if (length < HEADER + count * SECTION || descriptor + HEADER + count * SECTION > image.length) {
    throw new NoTdvf(`The TDVF descriptor says ${count} sections in ${length} bytes; that does not fit.`);
  }
  const sections = Array.from({ length: count }, (_, i) => section(data, descriptor + HEADER + i * SECTION));
  for (const [index, one] of sections.entries()) check(one, index, image.length);
  return { sections, found, descriptor };
}

/** From the back: entries of a length, a GUID and data before them; the table's own entry is the last. */
function locate(image: Uint8Array, data: DataView): Pick<Tdvf, 'descriptor' | 'found'> {
  const end = image.length - TABLE_END;
  if (hex(image.subarray(end - GUID, end)) !== FOOTER_GUID) {
    return { descriptor: data.getUint32(end, true), found: 'offset-at-end' };
  }
  const start = end - data.getUint16(end - ENTRY_END, true);
  for (let at = end - ENTRY_END; at - ENTRY_END >= Math.max(0, start); ) {
    const length = data.getUint16(at - ENTRY_END, true);
    if (length < ENTRY_END) break;
    if (hex(image.subarray(at - GUID, at)) === OFFSET_GUID && length >= ENTRY_END + 4) {
      return { descriptor: image.length - data.getUint32(at - length, true), found: 'guid-table' };
    }
    at -= length;
  }
  throw new NoTdvf(
    'The GUID table at the end of the image has no entry for TDX metadata: this firmware is not for TDX.',
  );
}

function section(data: DataView, at: number): TdvfSection {
  const type = data.getUint32(at + 24, true);
  return {
    type: TDVF_SECTION_TYPES[type] ?? `type ${type}`,
    attributes: data.getUint32(at + 28, true),
    memory_address: data.getBigUint64(at + 8, true),
    memory_data_size: data.getBigUint64(at + 16, true),
    data_offset: data.getUint32(at, true),
    raw_data_size: data.getUint32(at + 4, true),
  };
}

/** Most memory that the sections of an image may cover; real ones cover a few MiB. */
const LARGEST = 1n << 30n;

function check(one: TdvfSection, index: number, size: number): void {
  const name = `Section ${index + 1} (${one.type})`;
  if (one.memory_address % 4096n !== 0n || one.memory_data_size % 4096n !== 0n) {
    throw new NoTdvf(
      `${name}: ${inHex(one.memory_data_size)} bytes at ${inHex(one.memory_address)} are no whole pages.`,
    );
  }
  if (one.data_offset + one.raw_data_size > size) {
    throw new NoTdvf(
      `${name}: its data ends at ${inHex(one.data_offset + one.raw_data_size)}, behind the end of the image.`,
    );
  }
  if (BigInt(one.raw_data_size) > one.memory_data_size) {
    throw new NoTdvf(
      `${name}: ${inHex(one.raw_data_size)} bytes of data do not fit into ${inHex(one.memory_data_size)} of memory.`,
    );
  }
  if (one.memory_data_size > LARGEST)
    throw new NoTdvf(`${name}: ${inHex(one.memory_data_size)} bytes are more than 1 GiB.`);
}

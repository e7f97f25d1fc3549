/**
 * PAGE_INFO: the record that stands for one 4 KiB page in the launch digest of an SEV-SNP guest.
 *
 * The record is 0x70 bytes: 0x00 the digest so far (48), 0x30 contents (48), 0x60 length 0x70 (16 bits), 0x62 page type,
 * 0x63 IMI flag, 0x64 zero, 0x65 to 0x67 the permission masks of VMPL1 to VMPL3, 0x68 guest physical address (64 bits).
 * Numbers are little-endian. The next digest is SHA-384 of the record.
 * Source: AMD, SEV Secure Nested Paging Firmware ABI Specification (56860), PAGE_INFO, known here through the published
 * firmware amd/AMD-ASPFW (1.55.25, source read) and the tools that content/evidence/snp_launch_digest names.
 */
import { sha384 } from '@noble/hashes/sha2.js';
import { PAGE } from '../units.ts';

/** Page types of SNP_LAUNCH_UPDATE. Source: include/linux/psp-sev.h, Linux 6.16.1. */
export const SNP_PAGE_TYPE_NORMAL = 1;
export const SNP_PAGE_TYPE_VMSA = 2;
export const SNP_PAGE_TYPE_ZERO = 3;
export const SNP_PAGE_TYPE_UNMEASURED = 4;
export const SNP_PAGE_TYPE_SECRETS = 5;
export const SNP_PAGE_TYPE_CPUID = 6;

/** The page types by number: `PAGE_TYPE_NAMES[1]` is NORMAL; 0 is reserved. */
export const PAGE_TYPE_NAMES: readonly (string | undefined)[] = [
  undefined,
  'NORMAL',
  'VMSA',
  'ZERO',
  'UNMEASURED',
  'SECRETS',
  'CPUID',
];

/** Bytes of a digest. */
export const DIGEST_BYTES = 48;
const RECORD_BYTES = 0x70;
const ZEROS = new Uint8Array(DIGEST_BYTES);

/** What a page gives to its record, besides the digest before it. */
export interface PageInfo {
  readonly page_type: number;
  /** Guest physical byte address. */
  readonly gpa: bigint;
  /** 48 bytes: SHA-384 of the page where its type is measured, zeros elsewhere. */
  readonly contents: Uint8Array;
  readonly imi_page: boolean;
  /** Masks of VMPL1, VMPL2, VMPL3. */
  readonly vmpl_perms: readonly [number, number, number];
}

/** The 112 bytes that are hashed. */
export function pageInfoRecord(digest: Uint8Array, page: PageInfo): Uint8Array {
  const record = new Uint8Array(RECORD_BYTES);
  record.set(digest, 0);
  record.set(page.contents, 0x30);
  record[0x60] = RECORD_BYTES;
  record[0x62] = page.page_type;
  record[0x63] = page.imi_page ? 1 : 0;
  record.set(page.vmpl_perms, 0x65);
  new DataView(record.buffer).setBigUint64(0x68, page.gpa, true);
  return record;
}

/** The digest after a page. */
export const extend = (digest: Uint8Array, page: PageInfo): Uint8Array => sha384(pageInfoRecord(digest, page));

/** True where the bytes of a page of this type enter the digest. */
export const isMeasured = (type: number): boolean => type === SNP_PAGE_TYPE_NORMAL || type === SNP_PAGE_TYPE_VMSA;

/** GUEST_TSC_SCALE and GUEST_TSC_OFFSET: the firmware sets them itself and hashes the page as if they were zero. */
const VMSA_TSC = [0x2f0, 0x300] as const;

/** A register page as it is hashed. Source: amd/AMD-ASPFW and Freax13/mushroom, source read. */
export function normalVmsa(page: Uint8Array): Uint8Array {
  return page.slice().fill(0, ...VMSA_TSC);
}

/** The contents field of one 4 KiB page. A page that is not measured is not looked at. */
export function contentsOf(type: number, page: Uint8Array): Uint8Array {
  if (!isMeasured(type)) return ZEROS;
  if (page.length !== PAGE) throw new RangeError(`a page has ${PAGE} bytes, not ${page.length}`);
  return sha384(type === SNP_PAGE_TYPE_VMSA ? normalVmsa(page) : page);
}

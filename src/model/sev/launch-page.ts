/**
 * One page of SNP_LAUNCH_UPDATE as far as the digest goes: the checks that need nothing but the command and the page's
 * bytes, and the PAGE_INFO records that it adds.
 *
 * The order of checks is that of amd/AMD-ASPFW 1.55.25 (sev_mcmd.c, source read); those that ask the RMP or the guest
 * context stand in firmware.ts.
 */
import { PAGE } from '../units.ts';
import { type CpuidLeaf, type CpuidVerdict, checkCpuidPage } from './cpuid-page.ts';
import {
  contentsOf,
  isMeasured,
  PAGE_TYPE_NAMES,
  type PageInfo,
  SNP_PAGE_TYPE_CPUID,
  SNP_PAGE_TYPE_SECRETS,
  SNP_PAGE_TYPE_VMSA,
} from './page-info.ts';
import { FirmwareStatus, SUCCESS } from './status.ts';

/** 4 KiB pages in a 2 MiB page. */
export const PAGES_PER_2M = 512;

/** The fields of one command. */
export interface LaunchPage {
  /** Guest physical byte address; the firmware takes it from the RMP entry of the page. */
  readonly gpa: number | bigint;
  readonly page_type: number;
  /** Size of the page: 4K unless it says 2M. */
  readonly page_size?: '4K' | '2M';
  /** The bytes of the page; zeros where it is left out. Only the types NORMAL and VMSA are measured by their bytes. */
  readonly data?: Uint8Array;
  /** Instead of `data`: SHA-384 of each 4 KiB page, from somebody who has the bytes. */
  readonly contents?: readonly Uint8Array[];
  readonly imi_page?: boolean | 0 | 1;
  /** What VMPL1, VMPL2 and VMPL3 may do with the page: bit 0 read, 1 write, 2 execute (user), 3 execute (supervisor). */
  readonly vmpl1_perms?: number;
  readonly vmpl2_perms?: number;
  readonly vmpl3_perms?: number;
}

/** Bytes of the page that the command names. */
export const bytesOf = (page: LaunchPage): number => (page.page_size === '2M' ? PAGES_PER_2M * PAGE : PAGE);

const ONLY_4K = [SNP_PAGE_TYPE_VMSA, SNP_PAGE_TYPE_SECRETS, SNP_PAGE_TYPE_CPUID];
const NO_DATA = new Uint8Array(PAGE);

/** `NORMAL`, or the number where there is no such type. */
export const typeName = (type: number): string => PAGE_TYPE_NAMES[type] ?? `type ${type}`;

/** A guest physical address as it is printed. */
export const gpaText64 = (gpa: number | bigint): string => `0x${BigInt(gpa).toString(16)}`;

/** Alignment, sizes and types: the checks before those of the guest and of the page's owner. */
export function checkPageFields(page: LaunchPage): FirmwareStatus {
  const large = page.page_size === '2M';
  if (BigInt(page.gpa) % BigInt(bytesOf(page)) !== 0n) {
    return new FirmwareStatus(
      'INVALID_ADDRESS',
      `${gpaText64(page.gpa)} is not at a boundary of ${large ? '2M' : '4K'}.`,
    );
  }
  if (large && ONLY_4K.includes(page.page_type)) {
    return new FirmwareStatus('INVALID_PAGE_SIZE', `A ${typeName(page.page_type)} page is always 4K.`);
  }
  if (PAGE_TYPE_NAMES[page.page_type] === undefined) {
    return new FirmwareStatus('INVALID_PARAM', `There is no page type ${page.page_type}.`);
  }
  return SUCCESS;
}

/** The check of the table in a CPUID page; other types pass. */
export function checkPageBytes(page: LaunchPage, processor: readonly CpuidLeaf[] = []): CpuidVerdict {
  if (page.page_type !== SNP_PAGE_TYPE_CPUID) return { status: SUCCESS };
  return checkCpuidPage(page.data ?? NO_DATA, processor);
}

/** The records that the page adds: one, or 512 for a 2M page. Throws RangeError where `data` is not as long as the page. */
export function* pageInfos(page: LaunchPage): Generator<PageInfo> {
  const length = bytesOf(page);
  const measured = isMeasured(page.page_type);
  if (measured && page.data !== undefined && page.data.length !== length) {
    throw new RangeError(`the data of a ${page.page_size ?? '4K'} page has ${length} bytes, not ${page.data.length}`);
  }
  for (let at = 0; at < length; at += PAGE) {
    const bytes = measured ? (page.data?.subarray(at, at + PAGE) ?? NO_DATA) : NO_DATA;
    yield {
      page_type: page.page_type,
      gpa: BigInt(page.gpa) + BigInt(at),
      contents: (measured ? page.contents?.[at / PAGE] : undefined) ?? contentsOf(page.page_type, bytes),
      imi_page: Boolean(page.imi_page),
      vmpl_perms: [page.vmpl1_perms ?? 0, page.vmpl2_perms ?? 0, page.vmpl3_perms ?? 0],
    };
  }
}

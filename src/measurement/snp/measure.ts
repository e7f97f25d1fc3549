/** Measures a list of pages with the model, page by page, so that a caller may stop between two pages and go on. */
import type { CpuidLeaf } from '../../model/sev/cpuid-page.ts';
import { DigestChain } from '../../model/sev/digest-chain.ts';
import { bytesOf, checkPageBytes, checkPageFields, type LaunchPage, pageInfos } from '../../model/sev/launch-page.ts';
import type { FirmwareStatus } from '../../model/sev/status.ts';
import { PAGE } from '../../model/units.ts';
import type { LaunchEntry, LaunchList } from './list.ts';

/** One 4 KiB page that entered the digest, or a command that was refused. */
export interface MeasuredPage {
  /** Position of its entry in the list, from 0. */
  readonly entry: number;
  /** Which 4 KiB page of the entry, from 0. */
  readonly index: number;
  readonly gpa: bigint;
  readonly status: FirmwareStatus;
  /** The contents field of its record; absent for a refused command. */
  readonly contents?: Uint8Array;
  /** The digest after it; for a refused command the one before. */
  readonly digest: Uint8Array;
  readonly imd: Uint8Array;
}

/** The commands of an entry, one for each page of its size. */
function* commands(entry: LaunchEntry): Generator<LaunchPage> {
  const { gpa, page_type, page_size, imi_page, vmpl_perms, contents } = entry;
  const bytes = entry.bytes();
  const unit = bytesOf({ gpa, page_type, page_size });
  for (let at = 0; at < entry.length; at += unit) {
    yield {
      gpa: gpa + BigInt(at),
      page_type,
      page_size,
      imi_page,
      ...(bytes !== undefined && { data: bytes.subarray(at, at + unit) }),
      ...(contents !== undefined && { contents: contents.slice(at / PAGE, (at + unit) / PAGE) }),
      vmpl1_perms: vmpl_perms[0],
      vmpl2_perms: vmpl_perms[1],
      vmpl3_perms: vmpl_perms[2],
    };
  }
}

/** A refused command ends its entry, as a call for a range ends at the first page that is refused; the list goes on. */
export function* measure(list: LaunchList, processor: readonly CpuidLeaf[] = []): Generator<MeasuredPage> {
  const chain = new DigestChain(list.initial);
  for (const [entry, one] of list.entries.entries()) {
    let index = 0;
    for (const page of commands(one)) {
      const fields = checkPageFields(page);
      const status = fields.code === 0 ? checkPageBytes(page, processor).status : fields;
      if (status.code !== 0) {
        yield { entry, index, gpa: BigInt(page.gpa), status, digest: chain.ld, imd: chain.imd };
        break;
      }
      for (const info of pageInfos(page)) {
        chain.add(info);
        yield { entry, index, gpa: info.gpa, status, contents: info.contents, digest: chain.ld, imd: chain.imd };
        index++;
      }
    }
  }
}

/** Everything that measuring gave. */
export interface LaunchReport {
  readonly list: LaunchList;
  /** The pages of each entry, in order. */
  readonly entries: readonly (readonly MeasuredPage[])[];
  readonly digest: Uint8Array;
  readonly imd: Uint8Array;
}

const NOTHING = new Uint8Array(48);

/** Measures the whole list at once. */
export function report(list: LaunchList): LaunchReport {
  return gathered(list, [...measure(list)]);
}

/** The report from pages that were measured before. */
export function gathered(list: LaunchList, pages: readonly MeasuredPage[]): LaunchReport {
  const entries: MeasuredPage[][] = list.entries.map(() => []);
  for (const page of pages) entries[page.entry]?.push(page);
  const last = pages.at(-1);
  return { list, entries, digest: last?.digest ?? list.initial ?? NOTHING, imd: last?.imd ?? NOTHING };
}

/** A measured list in words: for the command line, and as JSON for other programs. */
import { hexOf } from '../../model/digest.ts';
import { PAGE_TYPE_NAMES } from '../../model/sev/page-info.ts';
import { type Answer, answers } from './answers.ts';
import type { LaunchReport, MeasuredPage } from './measure.ts';

/** An entry as a line needs it. */
export interface EntryLine {
  readonly number: number;
  readonly type: string;
  /** `0x80e000`, or `0x300000 to 0x302fff` for several pages. */
  readonly where: string;
  /** 4 KiB pages that entered the digest. */
  readonly pages: number;
  /** The digest after it, all digits. */
  readonly digest: string;
  /** Why the firmware refused it; undefined where it did not. */
  readonly refused?: string;
  /** True where the list itself says that it is refused so. */
  readonly foreseen: boolean;
}

const hexadecimal = (value: bigint): string => `0x${value.toString(16)}`;

/** Text forms of the entries, in order. */
export function entryLines({ list, entries }: LaunchReport): EntryLine[] {
  return list.entries.map((entry, index) => {
    const pages = entries[index] ?? [];
    const last = pages.at(-1);
    const bad = last !== undefined && last.status.code !== 0 ? last.status : undefined;
    const end = entry.gpa + BigInt(entry.length) - 1n;
    return {
      number: index + 1,
      type: PAGE_TYPE_NAMES[entry.page_type] ?? `type ${entry.page_type}`,
      where: entry.length > 0x1000 ? `${hexadecimal(entry.gpa)} to ${hexadecimal(end)}` : hexadecimal(entry.gpa),
      pages: pages.filter(({ status }) => status.code === 0).length,
      digest: last === undefined ? '' : hexOf(last.digest),
      ...(bad !== undefined && { refused: `${bad.name}: ${bad.why}` }),
      foreseen: bad !== undefined && entry.written['firmware_status'] === bad.name,
    };
  });
}

/** `3 pages`. */
export const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What agreed and what did not, of the answers that the list names itself. */
export interface Verdict {
  readonly compared: number;
  readonly disagreements: readonly Answer[];
}

export function verdict(report: LaunchReport): Verdict {
  const all = answers(report);
  return { compared: all.length, disagreements: all.filter(({ expected, found }) => expected !== found) };
}

export interface TextOptions {
  /** A line for every page of 4 KiB, not only for every entry. */
  readonly steps?: boolean;
}

/** The report for a person who reads a terminal. */
export function reportLines(report: LaunchReport, { steps = false }: TextOptions = {}): string[] {
  const rows = entryLines(report);
  const wide = Math.max(0, ...rows.map(({ where }) => where.length));
  const lines = rows.flatMap((row, index) => {
    const head = `${String(row.number).padStart(3)}  ${row.type.padEnd(10)}  ${row.where.padEnd(wide)}`;
    const tail =
      row.refused === undefined ? `${many(row.pages, 'page').padEnd(10)} → ${row.digest}` : `refused, ${row.refused}`;
    return [`${head}  ${tail}`, ...(steps ? stepLines(report.entries[index] ?? []) : [])];
  });
  const { compared, disagreements } = verdict(report);
  const imi = report.list.entries.some(({ imi_page }) => imi_page);
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    `launch digest  ${hexOf(report.digest)}`,
    ...(imi ? [`IMI digest     ${hexOf(report.imd)}`] : []),
    ...(compared > 0 ? [`${compared - disagreements.length} of ${many(compared, 'answer')} in the list agree`] : []),
    ...disagreements.map(
      ({ field, expected, found }) => `  ${field}: the list says ${expected}, computed ${found ?? '(none)'}`,
    ),
  ];
}

function stepLines(pages: readonly MeasuredPage[]): string[] {
  return pages
    .filter(({ status }) => status.code === 0)
    .map(
      ({ gpa, contents, digest }) =>
        `       ${hexadecimal(gpa)}  contents ${hexOf(contents ?? digest)}  → ${hexOf(digest)}`,
    );
}

/** The report for a program: the same fields as in the vectors. */
export function reportJson(report: LaunchReport): unknown {
  const { compared, disagreements } = verdict(report);
  return {
    launch_digest: hexOf(report.digest),
    imd: hexOf(report.imd),
    launch_update: report.list.entries.map((entry, index) => {
      const pages = report.entries[index] ?? [];
      const measured = pages.filter(({ status }) => status.code === 0);
      const last = pages.at(-1);
      return {
        gpa: hexadecimal(entry.gpa),
        page_type: entry.page_type,
        page_type_name: PAGE_TYPE_NAMES[entry.page_type] ?? null,
        page_size: entry.page_size,
        length: `0x${entry.length.toString(16)}`,
        firmware_status: last?.status.name ?? 'SUCCESS',
        ...(last !== undefined && last.status.code !== 0 && { why: last.status.why }),
        contents_each_4k: measured.map(({ contents, digest }) => hexOf(contents ?? digest)),
        digest_after_each_4k: measured.map(({ digest }) => hexOf(digest)),
        digest_after: hexOf(last?.digest ?? report.digest),
      };
    }),
    answers: { compared, disagreements },
  };
}

/** True where nothing was refused that the list does not foresee, and every answer of the list agrees. */
export const isGood = (report: LaunchReport): boolean =>
  verdict(report).disagreements.length === 0 &&
  entryLines(report).every(({ refused, foreseen }) => refused === undefined || foreseen);

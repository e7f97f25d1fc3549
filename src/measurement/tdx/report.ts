/** A measured list or image in the form in which page, command and JSON show it. */

import { Errno } from '../../model/errno.ts';
import { gpaHex } from '../../model/tdx/build.ts';
import { type CallOrder, ORDERS } from '../../model/tdx/order.ts';
import { runCalls } from './calls.ts';
import type { CallsDocument, ImageDocument, MrtdDocument, RegionsDocument } from './document.ts';
import { runImage } from './image.ts';
import { runRegions } from './regions.ts';

/** One entry of the list, or one section of an image. */
export interface Row {
  readonly number: number;
  readonly what: string;
  readonly where: string;
  readonly note: string;
  /** Why it was refused; undefined where it was not. */
  readonly refused?: string;
  /** Its status as the module or KVM names it; undefined for a section. */
  readonly status?: string;
  /** The digest if the measurement were closed there, all digits. */
  readonly digest?: string;
}

/** One measurement, and who makes or computes it so. */
export interface Line {
  readonly order: CallOrder | 'as-listed';
  readonly title: string;
  readonly what: string;
  readonly mrtd: string;
  readonly by: readonly string[];
}

export interface MrtdReport {
  readonly kind: MrtdDocument['kind'];
  readonly rows: readonly Row[];
  readonly lines: readonly Line[];
  /** What a reader has to know of this input: causes of disagreement, programs that refuse it. */
  readonly notes: readonly string[];
  readonly counts: string;
}

export const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export function mrtdReport(document: MrtdDocument): MrtdReport {
  switch (document.kind) {
    case 'calls':
      return ofCalls(document);
    case 'regions':
      return ofRegions(document);
    case 'image':
      return ofImage(document);
  }
}

const line = (order: CallOrder, mrtd: string, by: readonly string[] = ORDERS[order].used): Line => {
  const { title, what } = ORDERS[order];
  return { order, title, what, mrtd, by };
};

const counted = (counts: Readonly<Record<string, number>>): string =>
  `${many(counts['MEM.PAGE.ADD'] ?? 0, 'page')} added, ${many(counts['MR.EXTEND'] ?? 0, 'chunk')} of 256 bytes measured`;

function ofCalls(document: CallsDocument): MrtdReport {
  const { answers, mrtd, orders, counts } = runCalls(document);
  const rows = answers.map(({ entry, call, gpa, count, status, digest }): Row => {
    const { stride, level } = document.entries[entry] as CallsDocument['entries'][number];
    const last = gpa + BigInt(Math.max(0, count - 1)) * stride;
    return {
      number: entry + 1,
      what: call,
      where: call === 'MR.FINALIZE' ? '' : count > 1 ? `${gpaHex(gpa)} to ${gpaHex(last)}` : gpaHex(gpa),
      note: count > 1 ? `${count} times` : call === 'MEM.SEPT.ADD' ? `level ${level}` : '',
      ...(status.error && { refused: `${status.show()}: ${status.why}` }),
      status: status.show(),
      digest: digest.hex,
    };
  });
  const listed: Line = {
    order: 'as-listed',
    title: 'as listed',
    what: 'the calls one after the other, as they stand',
    mrtd: mrtd.hex,
    by: [],
  };
  return {
    kind: 'calls',
    rows,
    lines: [listed, line('interleaved', orders.interleaved.hex), line('two-pass', orders['two-pass'].hex)],
    notes: [],
    counts: counted(counts),
  };
}

function ofRegions(document: RegionsDocument): MrtdReport {
  const { answers, orders, counts } = runRegions(document);
  const rows = answers.map(({ entry, gpa, nr_pages, measure, result, digest }): Row => {
    const end = gpa + BigInt(nr_pages) * 4096n - 1n;
    return {
      number: entry + 1,
      what: measure ? 'measured region' : 'region',
      where: nr_pages > 0 ? `${gpaHex(gpa)} to ${gpaHex(end)}` : gpaHex(gpa),
      note: many(nr_pages, 'page'),
      ...(result instanceof Errno && { refused: `${result}: ${result.why}` }),
      status: String(result),
      digest: digest.hex,
    };
  });
  return {
    kind: 'regions',
    rows,
    lines: [line('interleaved', orders.interleaved.hex), line('two-pass', orders['two-pass'].hex)],
    notes: [],
    counts: counted(counts),
  };
}

function ofImage(document: ImageDocument): MrtdReport {
  const { variants, refusals, causes } = runImage(document);
  const rows = document.tdvf.sections.map((one, index): Row => {
    const end = one.memory_address + one.memory_data_size - 1n;
    const words = [(one.attributes & 1) !== 0 ? 'measured' : 'not measured', (one.attributes & 2) !== 0 && 'PAGE_AUG'];
    return {
      number: index + 1,
      what: one.type,
      where: one.memory_data_size > 0n ? `${gpaHex(one.memory_address)} to ${gpaHex(end)}` : gpaHex(one.memory_address),
      note: [
        many(Number(one.memory_data_size / 4096n), 'page'),
        one.raw_data_size > 0 &&
          `0x${one.raw_data_size.toString(16)} bytes from 0x${one.data_offset.toString(16)} of the image`,
        ...words,
      ]
        .filter(Boolean)
        .join(', '),
    };
  });
  const inOrder = (order: CallOrder) => variants.filter((one) => one.order === order);
  const [first] = variants;
  return {
    kind: 'image',
    rows,
    lines: [...inOrder('interleaved'), ...inOrder('two-pass')].map(({ order, mrtd, builders }) =>
      line(order, mrtd.hex, builders),
    ),
    notes: [...causes, ...refusals.map(({ builder, why }) => `${builder} ${why}.`)],
    counts: first === undefined ? 'no program takes this image' : counted(first.counts),
  };
}

/** An answer that the input names itself, and what was computed. */
export interface NamedAnswer {
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

/** Statuses, digests and the measurement that a list carries: they are compared, so that a vector can be pasted whole. */
export function namedAnswers(value: unknown, report: MrtdReport): NamedAnswer[] {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const entries = Array.isArray(value) ? value : fields[report.kind];
  const each = Array.isArray(entries) ? (entries as Record<string, unknown>[]) : [];
  const found: NamedAnswer[] = [];
  const name = (field: string, expected: unknown, computed: string | undefined): void => {
    if (typeof expected === 'string' && computed !== undefined) found.push({ field, expected, found: computed });
  };
  for (const [index, entry] of each.entries()) {
    name(`entry ${index + 1}, status`, entry['status'], report.rows[index]?.status);
    name(`entry ${index + 1}, digest_after`, entry['digest_after'], report.rows[index]?.digest);
  }
  name('mrtd', fields['mrtd'], report.lines[0]?.mrtd);
  return found;
}

/** True for a refusal that the list does not foresee by naming its status. */
export function unforeseen(value: unknown, report: MrtdReport): boolean {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const entries = Array.isArray(value) ? value : fields[report.kind];
  return report.rows.some(
    ({ refused, status }, index) =>
      refused !== undefined && (Array.isArray(entries) ? entries[index]?.status : undefined) !== status,
  );
}

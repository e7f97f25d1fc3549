/**
 * The throughput of the launch digest against Node's native SHA-384 doing the same hashes: each page, and each record of 112
 * bytes that chains it. Both take turns in one run, so that the ratio says something even where the times do not.
 */
import { createHash } from 'node:crypto';
import { readLaunch } from '../../src/measurement/snp/list.ts';
import { report } from '../../src/measurement/snp/measure.ts';
import { hexOf } from '../../src/model/digest.ts';
import { pageInfoRecord, SNP_PAGE_TYPE_NORMAL } from '../../src/model/sev/page-info.ts';
import { median } from '../measure.ts';

const PAGE = 4096;
const MIB = 16;
const BYTES = MIB * 1024 * 1024;
const ROUNDS = 9;

const native = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha384').update(bytes).digest());

/** The chain with native hashes. */
function nativeChain(bytes: Uint8Array): Uint8Array {
  let digest: Uint8Array = new Uint8Array(48);
  for (let at = 0; at < bytes.length; at += PAGE) {
    const contents = native(bytes.subarray(at, at + PAGE));
    const page = { page_type: SNP_PAGE_TYPE_NORMAL, gpa: BigInt(at), contents, imi_page: false };
    digest = native(pageInfoRecord(digest, { ...page, vmpl_perms: [0, 0, 0] }));
  }
  return digest;
}

/** Seconds of the processor, which say the same whatever else the machine does. */
function timed<T>(run: () => T): { readonly value: T; readonly seconds: number } {
  const start = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(start);
  return { value, seconds: (user + system) / 1e6 };
}

/** Prints both throughputs and their ratio. Throws where the digests differ. */
export function digestThroughput(): void {
  const list = readLaunch([{ gpa: 0, page_type: 'NORMAL', length: BYTES, data: { kind: 'xorshift32', seed: 1 } }]);
  const bytes = list.entries[0]?.bytes() as Uint8Array;
  const given = readLaunch([{ gpa: 0, page_type: 'NORMAL', data: { kind: 'file', file: 'bytes' } }], () => bytes);
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const own = timed(() => report(given).digest);
    const theirs = timed(() => nativeChain(bytes));
    if (hexOf(own.value) !== hexOf(theirs.value)) throw new Error('the digests differ');
    return { own: own.seconds, native: theirs.seconds, ratio: own.seconds / theirs.seconds };
    // The first round warms both up.
  }).slice(1);
  const rate = (seconds: number): string => `${(MIB / seconds).toFixed(0)} MiB/s`;
  const ratios = rounds.map(({ ratio }) => ratio);
  console.log(
    `launch digest: native SHA-384 is ${median(ratios).toFixed(1)} times as fast (n = ${ROUNDS}, ${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)})`,
  );
  console.log(
    `  ${MIB} MiB of NORMAL pages, the same hashes by turns, processor time: model ${rate(median(rounds.map(({ own }) => own)))}, native ${rate(median(rounds.map((round) => round.native)))}, medians`,
  );
}

/**
 * MRTD, the measurement of a TD while it is built: SHA-384 over the records of TDH.MEM.PAGE.ADD and TDH.MR.EXTEND.
 *
 * Source: tdh_mem_page_add.c, tdh_mr_extend.c, tdh_mr_finalize.c of intel/tdx-module 1.5.01 (72d8cffb214b, run); the records
 * were confirmed by seven independent programs (content/evidence/tdx_mrtd/README.md). Left out: the run-time registers
 * RTMR0..3 and the report that carries MRTD.
 */
import { sha384 } from '@noble/hashes/sha2.js';
import { Digest } from '../digest.ts';

/** Bytes of the record that either call feeds. */
export const RECORD = 128;
/** Bytes of guest memory that one TDH.MR.EXTEND measures. */
export const CHUNK = 256;

export type MeasuredCall = 'MEM.PAGE.ADD' | 'MR.EXTEND';

/** The record of a call: its name in ASCII from byte 0, the GPA from byte 16 as a little-endian 64-bit number, zeros. */
export function record(call: MeasuredCall, gpa: bigint): Uint8Array {
  const bytes = new Uint8Array(RECORD);
  for (let i = 0; i < call.length; i++) bytes[i] = call.charCodeAt(i);
  new DataView(bytes.buffer).setBigUint64(16, gpa, true);
  return bytes;
}

/** The running hash of one TD, from TDH.MNG.INIT to TDH.MR.FINALIZE. */
export class Measurement {
  readonly #hash = sha384.create();
  #closed: Digest | undefined;

  /** A page was added: its guest physical address is measured, its content is not. */
  page_add(gpa: number | bigint): void {
    this.#feed(record('MEM.PAGE.ADD', BigInt(gpa)));
  }

  /** 256 bytes of the page at `gpa` are measured, after a record with their address. */
  extend(gpa: number | bigint, chunk: Uint8Array): void {
    if (chunk.length !== CHUNK) throw new RangeError(`TDH.MR.EXTEND measures ${CHUNK} bytes, not ${chunk.length}`);
    this.#feed(record('MR.EXTEND', BigInt(gpa)));
    this.#feed(chunk);
  }

  #feed(bytes: Uint8Array): void {
    if (this.#closed !== undefined) throw new Error('The measurement is closed');
    this.#hash.update(bytes);
  }

  /** What the measurement would be if it were closed now. */
  get digest(): Digest {
    return this.#closed ?? new Digest(this.#hash.clone().digest());
  }

  /** True once it is final. */
  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** TDH.MR.FINALIZE: the measurement is MRTD from now on. */
  close(): Digest {
    this.#closed ??= new Digest(this.#hash.digest());
    return this.#closed;
  }
}

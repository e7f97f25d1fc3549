/**
 * Memory integrity of TDX, cache line by cache line: what the memory controller keeps beside each line (a MAC, the TD owner bit,
 * poison), what a read returns and what a write leaves behind. Nothing is ever checked on a write.
 *
 * Source: tables 17.2 and 17.3 of the Intel TDX module base specification as reproduced in public study notes
 * (freelancer-leon/notes, 8b9683c21435); no program ran them. The erratum: arch/x86/virt/vmx/tdx/tdx.c `check_tdx_erratum`,
 * Linux 6.16.1, source read.
 *
 * Left out: AES (a wrong key gives other bytes, the same ones each time), the MAC's 28 bits (here it never passes by chance), caches
 * that hold a line back, ECC itself.
 */
import { sha256 } from '@noble/hashes/sha2.js';

/** Bytes of a cache line. */
export const LINE = 64;

/** Cryptographic integrity: encryption, MAC and owner bit. Logical integrity: encryption and owner bit. The BIOS chooses. */
export type IntegrityMode = 'Ci' | 'Li';

/** A memory encryption key by its number, as it stands in the upper bits of a physical address. */
export interface MemoryKey {
  readonly id: number;
  /** Private keys (HKIDs of TDs) can be used in SEAM mode only. */
  readonly private: boolean;
  /** True where the controller keeps and checks a MAC for this key. */
  readonly integrity: boolean;
}

/** KeyID 0: what the host uses unless it asks for another one. It has no MAC. */
export const HOST_KEY: MemoryKey = { id: 0, private: false, integrity: false };

/** What the controller answers to the read of one line. */
export interface LineRead {
  readonly data: Uint8Array;
  /** True where the line comes back marked: whoever consumes it gets a machine check. */
  readonly poison: boolean;
  /** How it came to that answer, in a few words. */
  readonly why: string;
}

/** Ciphertext is kept as the plain bytes with the key that they were written with. */
interface Line {
  data: Uint8Array;
  key: MemoryKey;
  /** The TD owner bit: 1 after a write with a private key. */
  owner: 0 | 1;
  /** True while ciphertext and MAC belong together. */
  intact: boolean;
  poison: boolean;
}

export interface ControllerOptions {
  readonly mode?: IntegrityMode;
  /** X86_BUG_TDX_PW_MCE: Sapphire Rapids and Emerald Rapids. */
  readonly partialWriteErratum?: boolean;
}

export class MemoryController {
  readonly mode: IntegrityMode;
  readonly partialWriteErratum: boolean;
  readonly #lines = new Map<number, Line>();

  constructor({ mode = 'Ci', partialWriteErratum = false }: ControllerOptions = {}) {
    this.mode = mode;
    this.partialWriteErratum = partialWriteErratum;
  }

  /** A private key for a TD. */
  hkid(id: number): MemoryKey {
    return { id, private: true, integrity: this.mode === 'Ci' };
  }

  /** A key of the host other than KeyID 0; with integrity only where the platform offers it. */
  sharedKey(id: number, integrity = this.mode === 'Ci'): MemoryKey {
    return { id, private: false, integrity: integrity && this.mode === 'Ci' };
  }

  /** The owner bit and the poison of a line, as no software can read them. */
  state(line: number): { readonly owner: 0 | 1; readonly poison: boolean } {
    const { owner, poison } = this.#line(line);
    return { owner, poison };
  }

  /** A whole line reaches memory. It has a new MAC and owner bit, and no poison. Nothing that was there is looked at. */
  write(line: number, key: MemoryKey, data: Uint8Array): void {
    if (data.length !== LINE) throw new RangeError(`A line has ${LINE} bytes, not ${data.length}`);
    const owner = key.private ? 1 : 0;
    this.#lines.set(line, { data: data.slice(), key, owner, intact: true, poison: false });
  }

  /**
   * An ordinary store: the line is read into the cache, changed there, and goes back whole. Poison that was read goes back too.
   */
  store(line: number, key: MemoryKey, offset: number, bytes: Uint8Array): void {
    const { data, poison } = this.read(line, key);
    const merged = data.slice();
    merged.set(bytes, offset);
    this.write(line, key, merged);
    if (poison) this.#line(line).poison = true;
  }

  /**
   * Less than a line arrives at the controller: a non-temporal store, a store to an uncached mapping, DMA. With the erratum a line of
   * a TD is poisoned by that; else it is merged as `store` does.
   */
  storePart(line: number, key: MemoryKey, offset: number, bytes: Uint8Array): void {
    if (this.partialWriteErratum && !key.private && this.#line(line).owner === 1) this.#line(line).poison = true;
    else this.store(line, key, offset, bytes);
  }

  /** Somebody changes the memory chips' content behind the controller: ciphertext and MAC no longer belong together. */
  tamper(line: number, { ownerBit }: { readonly ownerBit?: 0 | 1 } = {}): void {
    const one = this.#line(line);
    one.intact = false;
    if (ownerBit !== undefined) one.owner = ownerBit;
  }

  /** The two tables. Poison stays in the line until the whole line is written. */
  read(line: number, key: MemoryKey): LineRead {
    const one = this.#line(line);
    const answer = this.#answer(one, key);
    if (answer.poison) one.poison = true;
    return one.poison && !answer.poison ? { ...answer, poison: true, why: 'the line is poisoned' } : answer;
  }

  #answer(line: Line, key: MemoryKey): LineRead {
    const zero = new Uint8Array(LINE);
    if (key.private && line.owner === 0) {
      return { data: zero, poison: true, why: 'read with a private key, and the TD owner bit is clear' };
    }
    if (!key.private && line.owner === 1) {
      return { data: zero, poison: key.integrity, why: 'read with a shared key, and the TD owner bit is set' };
    }
    if (key.integrity && !(line.intact && line.key.id === key.id)) {
      return { data: zero, poison: true, why: 'the MAC does not match' };
    }
    return { data: decrypted(line, key), poison: false, why: 'key and owner bit match' };
  }

  #line(line: number): Line {
    const known = this.#lines.get(line);
    if (known !== undefined) return known;
    const fresh: Line = { data: new Uint8Array(LINE), key: HOST_KEY, owner: 0, intact: true, poison: false };
    this.#lines.set(line, fresh);
    return fresh;
  }
}

/** What comes out with this key: the bytes that were written, or others where key or ciphertext differ. */
function decrypted(line: Line, key: MemoryKey): Uint8Array {
  if (line.intact && line.key.id === key.id) return line.data.slice();
  const stream = sha256(Uint8Array.of(line.key.id & 0xff, key.id & 0xff, line.intact ? 0 : 1));
  return line.data.map((byte, i) => byte ^ (stream[i % stream.length] as number));
}

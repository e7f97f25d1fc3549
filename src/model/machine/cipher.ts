/**
 * The cipher of encrypted memory: blocks of 16 bytes, a key, and a tweak that is the physical address of the block.
 *
 * A Feistel network of four rounds with SHA-256 as its round function: a permutation of the block for every key and address,
 * so that ciphertext decrypts to what was encrypted only with its own key at its own address, and to noise anywhere else. That
 * is what the argument needs. It is not AMD's cipher. Researchers found that one's tweak by address weak enough to make moved
 * ciphertext useful (Du and others, Secure Encrypted Virtualization is Unsecure, 2017, a machine with SME); nothing of that kind
 * can be learned here. Speed, key lengths, side channels and patterns of the real one are not modelled. Like the real one it
 * has no memory: equal plaintext at an equal address gives equal ciphertext, and nothing tells old ciphertext from new.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '../utf8.ts';

/** Bytes that are encrypted together. */
export const BLOCK = 16;
const HALF = BLOCK / 2;
const ROUNDS = 4;

/** One memory key. Keys of the same seed are the same key: the models have no randomness of their own. */
export class MemoryKey {
  readonly #key: Uint8Array;

  constructor(seed: string) {
    this.#key = sha256(utf8(`memory key ${seed}`));
  }

  /** `data` is a whole number of blocks; `address` is the physical address of its first byte. */
  encrypt(address: number, data: Uint8Array): Uint8Array {
    return this.#blocks(address, data, [0, 1, 2, 3]);
  }

  decrypt(address: number, data: Uint8Array): Uint8Array {
    return this.#blocks(address, data, [3, 2, 1, 0]);
  }

  #blocks(address: number, data: Uint8Array, rounds: readonly number[]): Uint8Array {
    if (data.length % BLOCK !== 0) throw new RangeError(`${data.length} bytes are not a whole number of blocks`);
    const out = data.slice();
    for (let at = 0; at < out.length; at += BLOCK) {
      const block = out.subarray(at, at + BLOCK);
      for (const round of rounds) this.#round(address + at, round, block);
    }
    return out;
  }

  /** Changes one half by a function of the other, even rounds the left by the right: undone by doing it again. */
  #round(address: number, round: number, block: Uint8Array): void {
    const [changed, by] = round % 2 === 0 ? [0, HALF] : [HALF, 0];
    const input = new Uint8Array(this.#key.length + 9 + HALF);
    input.set(this.#key);
    new DataView(input.buffer).setBigUint64(this.#key.length, BigInt(address));
    input[this.#key.length + 8] = round % ROUNDS;
    input.set(block.subarray(by, by + HALF), this.#key.length + 9);
    const mask = sha256(input);
    for (let i = 0; i < HALF; i++) block[changed + i] = (block[changed + i] as number) ^ (mask[i] as number);
  }
}

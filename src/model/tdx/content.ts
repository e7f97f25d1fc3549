/** What a page of a TD holds before it is added: bytes by offset, made when they are asked for. */
import { sha256 } from '@noble/hashes/sha2.js';
import { PAGE } from '../units.ts';
import { utf8 } from '../utf8.ts';

/** `length` bytes from `offset`. */
export type Content = (offset: number, length: number) => Uint8Array;

export const zeros: Content = (_offset, length) => new Uint8Array(length);

/** The same byte everywhere. */
export const filled =
  (byte: number): Content =>
  (_offset, length) =>
    new Uint8Array(length).fill(byte);

/** Byte i is (start + i * step) mod 256. */
export const ramp =
  (start: number, step: number): Content =>
  (offset, length) =>
    Uint8Array.from({ length }, (_, i) => (start + (offset + i) * step) & 0xff);

/** The given bytes, then zeros. */
export const given =
  (bytes: Uint8Array): Content =>
  (offset, length) => {
    const out = new Uint8Array(length);
    out.set(bytes.subarray(offset, offset + length));
    return out;
  };

/** SHA-256 of `seed:0`, `seed:1`, ... one after the other: bytes that look random and are the same everywhere. */
export const seeded =
  (seed: string): Content =>
  (offset, length) => {
    const out = new Uint8Array(length);
    for (let at = offset; at < offset + length; ) {
      const block = sha256(utf8(`${seed}:${Math.floor(at / 32)}`));
      const part = block.subarray(at % 32, Math.min(32, (at % 32) + offset + length - at));
      out.set(part, at - offset);
      at += part.length;
    }
    return out;
  };

/** The content from `start` on. */
export const shifted =
  (content: Content, start: number): Content =>
  (offset, length) =>
    content(start + offset, length);

/** A page with a text at its start, for snippets. */
export const page = (text: string): Content => given(utf8(text).subarray(0, PAGE));

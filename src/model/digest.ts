/** A SHA-384 digest that prints short and has its whole text in `hex`. */
import type { Showable } from './show.ts';

/** Hexadecimal digits that are printed: enough to tell digests apart beside a line, never enough to compare them. */
const SHOWN = 16;

export const hexOf = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
};

export class Digest implements Showable {
  /** All 96 digits. */
  readonly hex: string;

  constructor(bytes: Uint8Array) {
    this.hex = hexOf(bytes);
    Object.freeze(this);
  }

  /** True when both have the same 48 bytes. */
  equals(other: Digest): boolean {
    return this.hex === other.hex;
  }

  toString(): string {
    return this.hex;
  }

  show(): string {
    return `${this.hex.slice(0, SHOWN)}…`;
  }
}

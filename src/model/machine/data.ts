/** Bytes that a read gave or a write takes. They print as text where they are text, so that a reader sees plaintext. */
import { type Showable, show } from '../show.ts';
import { utf8 } from '../utf8.ts';

/** What a write takes: text, bytes, or one byte. */
export type DataLike = string | Uint8Array | number | Data;

export class Data implements Showable {
  readonly bytes: Uint8Array;

  constructor(from: DataLike) {
    this.bytes = bytesOf(from);
  }

  show(): string {
    const printable = this.bytes.length > 0 && this.bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
    return show(printable ? String.fromCharCode(...this.bytes) : this.bytes);
  }
}

/** The bytes of what a write takes; a number is one byte. */
export function bytesOf(from: DataLike): Uint8Array {
  if (typeof from === 'string') return utf8(from);
  if (typeof from === 'number') return Uint8Array.of(from);
  return from instanceof Data ? from.bytes : from;
}

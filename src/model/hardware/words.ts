/** How bytes stand in a cell: as the word that was stored, or as what they are if they are not it. */
import type { Showable } from '../show.ts';
import { utf8 } from '../utf8.ts';

/** A word that prints as itself, with a sentence behind it. */
export const said = (text: string, why?: string): Showable =>
  Object.freeze({ show: () => text, ...(why !== undefined && { why }) });

/** Bytes of a word's length, for a reader who knows which words could stand there. */
export function wordOf(bytes: Uint8Array, known: ReadonlySet<string>, otherwise: string): Showable {
  for (const word of known) {
    const wanted = utf8(word);
    if (wanted.every((byte, at) => bytes[at] === byte)) return said(`'${word}'`);
  }
  return said(bytes.every((byte) => byte === 0) ? 'zeros' : otherwise);
}

/** Longest word that a scenario stores. */
export const LENGTH = 8;

/** Addresses in bytes: how they print, and which page they are in. */
import { PAGE } from '../units.ts';

/** A physical or guest physical address as the models print it. */
export const hex = (address: number): string => `0x${address.toString(16)}`;

/** The page frame number of a range that may not leave its page. */
export function onePage(address: number, length: number): number {
  if ((address % PAGE) + length > PAGE) throw new RangeError('an access of the model stays within one page');
  return Math.floor(address / PAGE);
}

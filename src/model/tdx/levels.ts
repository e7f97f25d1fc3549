/**
 * Levels of the Secure EPT and the private half of guest physical addresses. Level n stands for 4 KiB × 512^n: an entry of level 0
 * maps 4 KiB, one of level 1 maps 2 MiB or points to a table of 512 entries of level 0.
 *
 * Source: verify_page_info_input and get_gpa_shared_bit of intel/tdx-module 1.5.01 (72d8cffb214b; run).
 */
import { PAGE } from '../units.ts';

/** Entries of a table, and pages of the next smaller size in a page. */
export const FANOUT = 512;

/** Bytes that an entry of this level stands for. */
export const levelBytes = (level: number): number => PAGE * FANOUT ** level;

/** Pages of 4 KiB in a page of this level. */
export const levelPages = (level: number): number => FANOUT ** level;

/** GPAW, the setting of a TD: 0 puts the shared bit at 47, 1 at 51. */
export type Gpaw = 0 | 1;

export const sharedBit = (gpaw: Gpaw): 47 | 51 => (gpaw === 0 ? 47 : 51);

/** True when the address has neither the shared bit nor a bit above it. Address in bytes. */
export const isPrivate = (gpa: number, gpaw: Gpaw): boolean => gpa >= 0 && gpa < 2 ** sharedBit(gpaw);

/** The same byte of guest memory, addressed as shared. */
export const sharedAddress = (gpa: number, gpaw: Gpaw): number => gpa + 2 ** sharedBit(gpaw);

/** Which entry of a table of this level an address takes. */
export const indexAt = (gpa: number, level: number): number => Math.floor(gpa / levelBytes(level)) % FANOUT;

export const addressText = (address: number): string => `0x${address.toString(16)}`;

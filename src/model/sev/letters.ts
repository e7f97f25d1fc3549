/**
 * The letter of a page of an SEV guest. No table says who owns it: the letter tells how the guest, or the firmware for it, last
 * used the page. `P` with its key, `S` without; a page that was given back is the host's again. A store of the host changes
 * nothing here, as it changes nothing that anybody would notice.
 */
import type { Frame } from '../machine/memory.ts';
import type { Owner } from '../trace.ts';

const letters = new WeakMap<Frame, Owner>();

export const letterOf = (frame: Frame): Owner | undefined => letters.get(frame);

export const setLetter = (frame: Frame, letter: 'P' | 'S'): void => {
  letters.set(frame, letter);
};

export const dropLetter = (frame: Frame): void => {
  letters.delete(frame);
};

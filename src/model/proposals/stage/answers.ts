/** What stands in a cell of the comparison besides results: words, and the ways in which there is no answer. */
import { failed } from '../../errno.ts';
import { NotRead } from '../../linux/notread.ts';
import type { Showable } from '../../show.ts';

/** What stands in a cell where there is no answer to compute. */
export class NoAnswer implements Showable {
  readonly text: string;
  /** Why there is none: one sentence for a person. */
  readonly why: string;

  constructor(text: string, why: string) {
    this.text = text;
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    return this.text;
  }
}

export const notRead = new NoAnswer('not read', 'This part of the series was not read, so nothing is modelled.');
export const notStated = new NoAnswer('not stated', 'No message of the series says what happens.');
export const noSuchOperation = new NoAnswer('no such operation', 'This generation has no way to ask for it.');

/** The answer, or "not read" where the model says that what decides was not read. */
export function answered<T>(run: () => T): T | NoAnswer {
  try {
    return run();
  } catch (error) {
    if (error instanceof NotRead) return new NoAnswer('not read', error.message);
    throw error;
  }
}

/** A word that prints as itself, for an answer whose value says nothing to a reader, such as an address. */
export const word = (text: string): Showable => ({ show: () => text });

/** True for a refusal, a signal, a fault of the kernel, and for no answer: there is nothing to go on with. */
export const nothing = (value: unknown): boolean => failed(value) || value instanceof NoAnswer;

/** What the build writes to /s/<id>.json: all that the page needs to run a snippet and its prepared breaks. */
import type { Compiled } from '../snippet/types.ts';

/** A text together with what the build compiled it to. */
interface Prepared {
  readonly id: string;
  readonly source: string;
  readonly compiled: Compiled;
}

export interface SnippetFile extends Prepared {
  readonly breaks: readonly Prepared[];
}

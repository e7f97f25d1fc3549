/** What the rows of all four files have in common. None was run on a processor: each was read. */
import type { VectorReport } from '../vector.ts';

export function sourceOf({
  sources,
}: {
  readonly sources?: readonly string[];
}): Pick<VectorReport, 'source' | 'executed'> {
  return { ...(sources === undefined ? {} : { source: sources.join('; ') }), executed: false };
}

/** Writes what runs said into the texts that claim it: arrows of a source, outcomes of breaks. */
import { trueOutcome } from './bake.ts';
import type { Baked, BakedBreak, Break } from './types.ts';

/** Position of the arrow that ends a line: the last `// →` on it. */
function arrowAt(text: string): number {
  const found = [...text.matchAll(/\/\/\s*→/g)].at(-1);
  return found ? found.index + found[0].length : -1;
}

/** The source with what the run said behind its arrows. An arrow whose statement said nothing stays, as an error to be seen. */
export function blessedSource(source: string, { compiled, result }: Pick<Baked, 'compiled' | 'result'>): string {
  const lines = source.split('\n');
  const said = new Map(result.lines.map((one) => [one.line, one.text]));
  for (const { line, nothing } of compiled.arrows) {
    const old = lines[line - 1];
    const text = said.get(line);
    const at = old === undefined ? -1 : arrowAt(old);
    if (old === undefined || text === undefined || nothing !== undefined || at < 0) continue;
    lines[line - 1] = `${old.slice(0, at)} ${text}`;
  }
  return lines.join('\n');
}

/** The breaks with their true outcomes. A break whose edits do not fit stays as it is. */
export function blessedBreaks(breaks: readonly Break[], baked: readonly BakedBreak[]): Break[] {
  return breaks.map((one, index) => {
    const ran = baked[index];
    return ran && ran.compiled.id !== '' ? { ...one, outcome: trueOutcome(ran) } : one;
  });
}

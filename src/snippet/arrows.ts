/** Holds the arrows of a snippet against what a run said. */
import type { Disagreement } from './protocol.ts';
import type { Arrow, RunResult } from './types.ts';

/** Why a line said nothing, in one sentence. */
function silence(result: RunResult): string {
  const { error } = result;
  if (!error) return 'nothing: this statement did not run';
  const where = error.line === undefined ? '' : ` at line ${error.line}`;
  return `nothing: the run ended${where} (${error.message})`;
}

/** The arrows that lie, in the order of their lines. */
export function compare(arrows: readonly Arrow[], result: RunResult): Disagreement[] {
  const said = new Map(result.lines.map((line) => [line.line, line.text]));
  return arrows.flatMap(({ line, text, nothing }) => {
    const found = nothing ?? said.get(line);
    if (nothing === undefined && found === text) return [];
    return [{ line, expected: text, found: found ?? silence(result) }];
  });
}

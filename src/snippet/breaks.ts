/** Prepared breaks: applies the edits and tells the outcome. */
import { compare } from './arrows.ts';
import type { Break, Compiled, RunError, RunResult } from './types.ts';

/** The source with the edits of a break, or a sentence on why they do not fit. */
export function edited(source: string, { edits }: Pick<Break, 'edits'>): { source: string } | { wrong: string } {
  let text = source;
  for (const edit of edits) {
    const at = text.indexOf(edit.find);
    if (at < 0) return { wrong: `does not fit: ‘${edit.find}’ is not in the snippet` };
    if (text.indexOf(edit.find, at + 1) >= 0)
      return { wrong: `does not fit: ‘${edit.find}’ is in the snippet more than once` };
    text = text.slice(0, at) + edit.with + text.slice(at + edit.find.length);
  }
  return text === source ? { wrong: 'changes nothing' } : { source: text };
}

/** Why a run ended. What an engine says about an exception differs between engines: its name is the same. */
function end(error: RunError): string {
  if (error.kind === 'throw' && error.line !== undefined) return `${error.line} → throws ${error.name}`;
  return error.line === undefined ? error.message : `${error.line}: ${error.message}`;
}

/**
 * What a break changes, line by line of the edited source: `8 → -EBUSY` where a line says otherwise than its arrow,
 * `9 → not reached` where it says nothing, and at the end why the run ended, if it did not end by itself.
 */
export function outcome(compiled: Compiled | RunError, result: RunResult | undefined): string[] {
  if (!('code' in compiled)) return [end(compiled)];
  if (!result) return [];
  const { error } = result;
  const said = new Set(result.lines.map((one) => one.line));
  const lines = compare(compiled.arrows, result).flatMap(({ line, found }) => {
    if (said.has(line)) return [`${line} → ${found}`];
    return error ? [] : [`${line} → not reached`];
  });
  return error && !lines.includes(end(error)) ? [...lines, end(error)] : lines;
}

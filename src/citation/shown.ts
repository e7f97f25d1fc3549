/** The arrowed lines of a snippet: what a citation shows of it. The build has run the snippet, so the arrows are true. */
import type { Shown } from './types.ts';

const ARROW = '// → ';

/** The lines of `source` that carry an arrow, as code and result. A comment of its own belongs to the code above it. */
export function shownLines(source: string): Shown[] {
  const found: Shown[] = [];
  let above = '';
  for (const line of source.split('\n')) {
    const at = line.lastIndexOf(ARROW);
    const code = (at < 0 ? line : line.slice(0, at)).trim();
    if (at >= 0) found.push({ code: code === '' ? above : code, result: line.slice(at + ARROW.length).trim() });
    if (code !== '' && !code.startsWith('//')) above = code;
  }
  return found;
}

/** The lines between `// part: name` and `// end: name`; undefined if the part is not there. */
export function partOf(source: string, part: string): string | undefined {
  const lines = source.split('\n');
  const start = lines.findIndex((line) => line.trim() === `// part: ${part}`);
  const end = lines.findIndex((line) => line.trim() === `// end: ${part}`);
  return start >= 0 && end > start ? lines.slice(start + 1, end).join('\n') : undefined;
}

const WORD = /[A-Za-z_][A-Za-z0-9_]*/g;

/** A result that refuses: an errno or a signal. */
const REFUSED = /^(-E[A-Z0-9]+|SIG[A-Z]+)/;

/** How much a line has to do with a text: does the text name its result, its call, its constants? */
function weight({ code, result }: Shown, words: ReadonlySet<string>): number {
  const named = (result.match(WORD) ?? []).some((word) => words.has(word));
  const called = [...new Set(code.match(WORD) ?? [])].filter((word) => word.length > 3 && words.has(word));
  return (named ? 4 : 0) + Math.min(called.length, 2) + (REFUSED.test(result) ? 1 : 0);
}

/**
 * At most `most` neighboring lines, ending with the one that the text is about: the line whose result or call it names,
 * else the last refusal, else the last line. Neighbors, because a result means nothing without what led to it.
 */
export function relevant(lines: readonly Shown[], text: string, most: number): readonly Shown[] {
  const words = new Set(text.match(WORD) ?? []);
  let best = lines.length - 1;
  for (const [at, line] of lines.entries()) {
    const [now, then] = [weight(line, words), weight(lines[best] as Shown, words)];
    if (now > then || (now === then && at > best)) best = at;
  }
  return lines.slice(Math.max(0, best + 1 - most), best + 1);
}

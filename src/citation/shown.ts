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

/** Code as tokens, line by line, at build time: what the snippets are set with. */
import { createHighlighter } from 'shiki';
import { PATIENT, shikiTheme, type TokenClass, tokenClass } from './theme.ts';

/** A piece of a line of code; no class means the default ink. */
export interface Token {
  readonly text: string;
  readonly kind?: TokenClass;
}

const highlighter = createHighlighter({ themes: [shikiTheme], langs: ['ts'] });

/** The tokens of every line of a TypeScript source; neighbors of one kind are joined. */
export async function highlight(source: string): Promise<readonly (readonly Token[])[]> {
  const lines = (await highlighter).codeToTokensBase(source, { lang: 'ts', theme: shikiTheme, ...PATIENT });
  return lines.map((line) => {
    const joined: { text: string; kind?: TokenClass }[] = [];
    for (const { content, color } of line) {
      const kind = tokenClass(color);
      const last = joined.at(-1);
      if (last !== undefined && (last.kind === kind || content.trim() === '')) last.text += content;
      else joined.push(kind === undefined ? { text: content } : { text: content, kind });
    }
    return joined;
  });
}

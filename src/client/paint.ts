/** Colors for a line that was edited: comments, strings and keywords, found without a grammar. The build uses Shiki. */
import type { Tokens } from '../pictures/listing.ts';

const PIECE =
  /(?<c>\/\/.*|\/\*.*?(?:\*\/|$))|(?<s>'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|`(?:[^`\\]|\\.)*`?)|(?<k>\b(?:import|from|export|default|const|let|var|new|for|of|in|while|do|if|else|switch|case|break|continue|return|throw|try|catch|finally|function|async|await|yield|class|extends|typeof|instanceof|type|interface|as|void|delete)\b)/g;

export function paint(line: string): Tokens {
  const tokens: { text: string; kind?: string }[] = [];
  let at = 0;
  for (const match of line.matchAll(PIECE)) {
    if (match.index > at) tokens.push({ text: line.slice(at, match.index) });
    const kind = match.groups?.['c'] === undefined ? (match.groups?.['s'] === undefined ? 't-k' : 't-s') : 't-c';
    tokens.push({ text: match[0], kind });
    at = match.index + match[0].length;
  }
  if (at < line.length) tokens.push({ text: line.slice(at) });
  return tokens;
}

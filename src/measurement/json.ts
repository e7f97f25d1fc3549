/**
 * JSON as a person wrote it. A mistake is named by line and column, in the same words in every engine; a field that stands twice
 * in one object is a mistake as well, because JSON.parse would keep the last one without a word.
 */
import { Problem } from './problem.ts';

/** Reads JSON text; a byte-order mark before it does no harm. Throws Problem. */
export function readJson(written: string): unknown {
  const text = written.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { at, says } = firstMistake(text) ?? { at: text.length, says: 'something is wrong' };
    throw new Problem(`This is not JSON: ${lineAndColumn(text, at)}, ${says}.`);
  }
  const twice = firstMistake(text);
  if (twice !== undefined) {
    throw new Problem(`${twice.where}${twice.says} (${lineAndColumn(text, twice.at)}); keep one of them.`, twice.entry);
  }
  return value;
}

function lineAndColumn(text: string, at: number): string {
  const before = text.slice(0, at);
  return `line ${before.split('\n').length}, column ${before.length - before.lastIndexOf('\n')}`;
}

interface Mistake {
  readonly at: number;
  readonly says: string;
  /** `entry 3: `, where it stands in one. */
  readonly where: string;
  readonly entry?: number;
}

/** An object or a list that is still open. */
interface Open {
  readonly end: '}' | ']';
  readonly keys: Set<string>;
  /** Items before the present one. */
  index: number;
}

const SPACE = /[ \t\n\r]*/y;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;

/** Walks over the text without recursion, so that its depth does not matter. */
function firstMistake(text: string): Mistake | undefined {
  const open: Open[] = [];
  let at = 0;
  let want: 'value' | 'value or end' | 'name' | 'name or end' | 'more' = 'value';
  const mistake = (says: string, from = at): Mistake => {
    const items = open.slice(0, 2).find(({ end }) => end === ']');
    return { at: from, says, where: items ? `entry ${items.index + 1}: ` : '', ...(items && { entry: items.index }) };
  };
  while (true) {
    at += taken(SPACE, text, at);
    const top = open.at(-1);
    const here = text[at];
    if (want === 'more') {
      if (top === undefined) return here === undefined ? undefined : mistake(`${shown(here)} behind the end`);
      if (here === ',') {
        top.index++;
        want = top.end === '}' ? 'name' : 'value';
        at++;
        continue;
      }
      if (here !== top.end) return mistake(`${shown(here)} where a comma or ${top.end} is expected`);
    }
    if (top !== undefined && here === top.end && (want === 'more' || want.endsWith('end'))) {
      open.pop();
      want = 'more';
      at++;
    } else if (want.startsWith('name')) {
      if (here !== '"') return mistake(`${shown(here)} where a name in quotation marks is expected`);
      const end = endOfString(text, at);
      const name = end === undefined ? undefined : stringIn(text, at, end);
      if (end === undefined || name === undefined) return mistake(WRONG_TEXT);
      if (top?.keys.has(name)) return mistake(`the field ${JSON.stringify(name)} stands twice`);
      top?.keys.add(name);
      const colon = end + taken(SPACE, text, end);
      if (text[colon] !== ':') return mistake(`${shown(text[colon])} where a colon is expected`, colon);
      at = colon + 1;
      want = 'value';
    } else if (here === '{' || here === '[') {
      open.push({ end: here === '{' ? '}' : ']', keys: new Set(), index: 0 });
      want = here === '{' ? 'name or end' : 'value or end';
      at++;
    } else {
      const end = here === '"' ? endOfString(text, at) : at + taken(PLAIN, text, at);
      if (here === '"' && (end === undefined || stringIn(text, at, end) === undefined)) return mistake(WRONG_TEXT);
      if (end === undefined || end === at) return mistake(`${shown(here)} where a value is expected`);
      at = end;
      want = 'more';
    }
  }
}

const WRONG_TEXT = 'a text has no end, a line break or a wrong backslash';

function taken(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** Behind the closing quotation mark. */
function endOfString(text: string, start: number): number | undefined {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let first = quote;
    while (text[first - 1] === '\\') first--;
    if ((quote - first) % 2 === 0) return quote + 1;
  }
  return undefined;
}

function stringIn(text: string, start: number, end: number): string | undefined {
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch {
    return undefined;
  }
}

/** A character as a message can show it. */
function shown(character: string | undefined): string {
  if (character === undefined) return 'the text ends';
  return /^[!-~]$/.test(character) ? `${character} stands` : 'a character that is none of JSON stands';
}

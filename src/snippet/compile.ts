/**
 * From TypeScript to a script that reports what it does. The same in Node, at build time, and in the sandbox's worker,
 * after an edit. Sucrase takes the types away without moving a line, acorn finds the statements.
 *
 * An `await` outside of functions is allowed: the script is then an async function. A snippet has no timers, no network
 * and no events, so what is still pending when nothing is left to do can never happen; the run is stopped there and says so.
 */
import { type Comment, type Options, type Program, parse } from 'acorn';
import { transform } from 'sucrase';
import { Instrument, Unsupported } from './instrument.ts';
import { awaitsAtTop, place } from './statements.ts';
import type { Syntax } from './syntax.ts';
import type { Arrow, Compiled, RunError } from './types.ts';

/** What an arrow begins with, behind `//`. */
const ARROW = /^\s*→\s?(.*)$/;

/** Names that begin like the engine's own could reach into it. */
const RESERVED = '$$';

interface Located {
  readonly message: string;
  readonly line: number;
}

/** A parser's message as a plain sentence with a line; both parsers end theirs in `(line:column)`. */
function located(error: unknown, source: string): Located {
  const message = error instanceof Error ? error.message : String(error);
  const found = / ?\((\d+):(\d+)\)$/.exec(message);
  const line = Number(found?.[1] ?? 1);
  const what = message.replace(/^Error parsing [^:]*: /, '').replace(/ ?\(\d+:\d+\)$/, '');
  return { message: sentence(what, source, line, Number(found?.[2] ?? 0)), line };
}

function sentence(what: string, source: string, line: number, column: number): string {
  const text = source.split('\n')[line - 1] ?? '';
  if (!what.startsWith('Unexpected token')) return `${what.replace(/\.$/, '')}.`;
  const rest = text.slice(Math.max(0, column - 1));
  const token = /^\s*([\w$]+|\S)/.exec(rest)?.[1];
  const expected = /expected "(.+)"$/.exec(what)?.[1];
  const where = token === undefined ? 'The code ends here before it is complete' : `‘${token}’ cannot stand here`;
  return expected ? `${where}; ‘${expected}’ was expected.` : `${where}.`;
}

function strip(source: string): string {
  return transform(source, { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports: true }).code;
}

interface Parsed {
  readonly program: Program;
  readonly comments: readonly Comment[];
}

function read(code: string): Parsed {
  const comments: Comment[] = [];
  const options: Options = {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowAwaitOutsideFunction: true,
    locations: true,
    onComment: comments,
    onToken: (token) => {
      if (token.type.label === 'name' && String((token as { value?: unknown }).value).startsWith(RESERVED)) {
        throw new Unsupported('Names that begin with $$ belong to the engine.', token.loc?.start.line ?? 1, 'syntax');
      }
    },
  };
  return { program: parse(code, options), comments };
}

function written(comments: readonly Comment[]): Arrow[] {
  return comments.flatMap((comment) => {
    const text = comment.type === 'Line' ? ARROW.exec(comment.value)?.[1] : undefined;
    return text === undefined ? [] : [{ line: comment.loc?.start.line ?? 1, text: text.trim() }];
  });
}

/** Compiles a snippet. A text that does not parse gives an error with its line; nothing is thrown. */
export function compile(id: string, source: string): Compiled | RunError {
  try {
    const code = strip(source);
    const { program, comments } = read(code);
    const tree = program as unknown as Syntax;
    const { slots, arrows } = place(tree, written(comments));
    return { id, code: new Instrument(code, slots).run(tree, awaitsAtTop(tree)), arrows };
  } catch (error) {
    if (error instanceof Unsupported) return { kind: error.kind, message: error.message, line: error.line };
    if (error instanceof RangeError) {
      return { kind: 'syntax', message: 'The code is nested too deeply to be read.', line: 1 };
    }
    return { kind: 'syntax', ...located(error, source) };
  }
}

/** True for what can run. */
export function isCompiled(value: Compiled | RunError): value is Compiled {
  return 'code' in value;
}

/** What the two commands have in common: options, and a file or standard input. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from './problem.ts';

/** The arguments of a command that takes one file. */
export interface Arguments {
  readonly path: string;
  readonly options: ReadonlySet<string>;
}

/** Reads arguments; `-` alone is standard input. Throws Problem, whose message is the reason. */
export function readArguments(args: readonly string[], known: readonly string[]): Arguments {
  const options = args.filter((arg) => arg.startsWith('-') && arg !== '-');
  const wrong = options.find((option) => !known.includes(option));
  if (wrong !== undefined) throw new Problem(`the option ${wrong} is not known`);
  const [path, second] = args.filter((arg) => !options.includes(arg));
  if (path === undefined) throw new Problem('no file is named');
  if (second !== undefined) throw new Problem(`one file at a time: ${path} and ${second} are two`);
  return { path, options: new Set(options) };
}

/** The bytes of a file, or of standard input. Throws Problem. */
export function fileBytes(path: string): Uint8Array {
  try {
    if (path !== '-' && statSync(path).isDirectory()) throw new Problem('This is a directory; name a file in it.');
    return new Uint8Array(readFileSync(path === '-' ? 0 : path));
  } catch (error) {
    if (error instanceof Problem) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Problem(code === 'ENOENT' ? 'There is no such file.' : `It cannot be read: ${message}.`);
  }
}

/** Reads the files that a list names: their paths begin at its own folder. */
export function filesBeside(folder: string): (name: string) => Uint8Array | undefined {
  return (name) => {
    try {
      return new Uint8Array(readFileSync(resolve(folder, name)));
    } catch {
      return undefined;
    }
  };
}

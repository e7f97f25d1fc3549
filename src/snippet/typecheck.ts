/**
 * Type errors of snippets, through TypeScript itself: with the language and a console around them, as they will find it when they
 * run, and nothing of a browser or of Node.
 */
import { join, relative } from 'node:path';
import ts from 'typescript';
import { ROOT } from './bundle.ts';
import { lineAt, type Problem } from './files.ts';

const AROUND = `
interface Console { log(...words: unknown[]): void; info(...words: unknown[]): void; warn(...words: unknown[]): void; error(...words: unknown[]): void; debug(...words: unknown[]): void }
declare var console: Console;
declare class TextEncoder { encode(text?: string): Uint8Array }
declare class TextDecoder { decode(bytes?: Uint8Array): string }
`;

/** The project's own options, with the surroundings of a snippet. */
function options(): ts.CompilerOptions {
  const file = join(ROOT, 'tsconfig.json');
  const read = ts.parseConfigFileTextToJson(file, ts.sys.readFile(file) ?? '{}');
  const config = ts.parseJsonConfigFileContent({ ...read.config, include: [], files: [] }, ts.sys, ROOT);
  return {
    ...config.options,
    lib: ['lib.es2024.d.ts'],
    types: [],
    noEmit: true,
    skipLibCheck: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
}

/** Declarations of the language, parsed once per process. */
const libraries = new Map<string, ts.SourceFile>();

/** The type errors of these files (paths below the root). The library itself is checked with the project, not here. */
export function typeErrors(root: string, files: readonly string[]): Problem[] {
  const around = join(root, 'around.d.ts');
  const settings = options();
  const host = ts.createCompilerHost(settings);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => path === around || fileExists(path);
  host.readFile = (path) => (path === around ? AROUND : readFile(path));
  host.getSourceFile = (path, ...rest) => {
    if (path === around) return ts.createSourceFile(path, AROUND, ts.ScriptTarget.ES2024);
    if (!path.includes('/node_modules/')) return getSourceFile(path, ...rest);
    const known = libraries.get(path) ?? getSourceFile(path, ...rest);
    if (known) libraries.set(path, known);
    return known;
  };
  host.getCurrentDirectory = () => root;
  const paths = files.map((file) => join(root, file));
  const program = ts.createProgram([around, ...paths], settings, host);
  return paths.flatMap((path) => {
    const file = program.getSourceFile(path);
    if (!file) return [];
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map((one) => ({
      file: relative(root, path).replaceAll('\\', '/'),
      line: lineAt(file.text, one.start ?? 0),
      message: ts.flattenDiagnosticMessageText(one.messageText, '\n  '),
    }));
  });
}

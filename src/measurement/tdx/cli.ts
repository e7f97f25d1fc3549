/**
 * npm run mrtd -- FILE [--json]: the build-time measurement of a TD from a list of calls or regions (JSON), or from a firmware image
 * with TDVF metadata. `-` reads standard input. Files that a list names are looked for beside it. Exit code 0: measured; 1: a call
 * would be refused, or an answer in the list disagrees; 2: the input cannot be read.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Problem } from '../problem.ts';
import { documentOfBytes } from './document.ts';
import { mrtdReport, namedAnswers, unforeseen } from './report.ts';
import { reportJson, reportLines } from './text.ts';

const USAGE = `usage: npm run mrtd -- FILE [--json]
  FILE    a list of calls or regions as JSON, or a firmware image; - reads standard input
  --json  the result as JSON`;

function files(folder: string): (name: string) => Uint8Array | undefined {
  return (name) => {
    try {
      return new Uint8Array(readFileSync(resolve(folder, name)));
    } catch {
      return undefined;
    }
  };
}

/** The list as JSON gives it; undefined for an image. */
function listIn(bytes: Uint8Array): unknown {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as { readonly vectors?: readonly unknown[] };
    return Array.isArray(value.vectors) && value.vectors.length === 1 ? value.vectors[0] : value;
  } catch {
    return undefined;
  }
}

function main(args: readonly string[]): number {
  const wrong = args.find((arg) => arg.startsWith('--') && arg !== '--json');
  const paths = args.filter((arg) => !arg.startsWith('--'));
  const [path] = paths;
  if (wrong !== undefined || path === undefined || paths.length > 1) {
    console.error(wrong === undefined ? USAGE : `${wrong} is not known\n${USAGE}`);
    return 2;
  }
  const name = path === '-' ? 'standard input' : path;
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(path === '-' ? 0 : path));
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}`);
    return 2;
  }
  try {
    const report = mrtdReport(documentOfBytes(bytes, files(path === '-' ? '.' : dirname(path))));
    const list = report.kind === 'image' ? undefined : listIn(bytes);
    const answers = namedAnswers(list, report);
    console.log(
      args.includes('--json')
        ? JSON.stringify(reportJson(report, answers), null, 1)
        : reportLines(report, answers).join('\n'),
    );
    return unforeseen(list, report) || answers.some(({ expected, found }) => expected !== found) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`${name}: ${error.message}`);
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));

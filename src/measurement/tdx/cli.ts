/**
 * npm run mrtd -- FILE [--json]: the build-time measurement of a TD from a list of calls or regions (JSON), or from a firmware image
 * with TDVF metadata. `-` reads standard input. Files that a list names are looked for beside it. Exit code 0: measured; 1: a call
 * would be refused, or an answer in the list disagrees; 2: the input cannot be read.
 */
import { dirname } from 'node:path';
import { fileBytes, filesBeside, readArguments } from '../command.ts';
import { Problem } from '../problem.ts';
import { documentOfBytes } from './document.ts';
import { mrtdReport, namedAnswers, unforeseen } from './report.ts';
import { reportJson, reportLines } from './text.ts';

const USAGE = `usage: npm run mrtd -- FILE [--json]
  FILE    a list of calls or regions as JSON, or a firmware image; - reads standard input
  --json  the result as JSON`;

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
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE);
    return 0;
  }
  let named = '';
  try {
    const { path, options } = readArguments(args, ['--json']);
    named = path === '-' ? 'standard input' : path;
    const bytes = fileBytes(path);
    const report = mrtdReport(documentOfBytes(bytes, filesBeside(path === '-' ? '.' : dirname(path))));
    const list = report.kind === 'image' ? undefined : listIn(bytes);
    const answers = namedAnswers(list, report);
    console.log(
      options.has('--json')
        ? JSON.stringify(reportJson(report, answers), null, 1)
        : reportLines(report, answers).join('\n'),
    );
    return unforeseen(list, report) || answers.some(({ expected, found }) => expected !== found) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(named === '' ? `${error.message}\n${USAGE}` : `${named}: ${error.message}`);
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));

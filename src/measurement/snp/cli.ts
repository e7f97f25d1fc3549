/**
 * npm run launch-digest -- FILE.json [--steps] [--json]: the launch digest of an SEV-SNP guest from a list of its pages.
 * `-` reads the list from standard input. Files that the list names are looked for beside it. Exit code 0: measured; 1: the
 * firmware would refuse an entry, or an answer in the list disagrees; 2: the list cannot be read.
 */
import { dirname } from 'node:path';
import { fileBytes, filesBeside, readArguments } from '../command.ts';
import { Problem } from '../problem.ts';
import { parseLaunch } from './list.ts';
import { report } from './measure.ts';
import { isGood, reportJson, reportLines } from './text.ts';

const USAGE = `usage: npm run launch-digest -- FILE.json [--steps] [--json]
  FILE.json  a list of pages; - reads it from standard input
  --steps    a line for every page of 4 KiB
  --json     the result as JSON`;

function main(args: readonly string[]): number {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE);
    return 0;
  }
  let named = '';
  try {
    const { path, options } = readArguments(args, ['--steps', '--json']);
    named = path === '-' ? 'standard input' : path;
    const json = new TextDecoder().decode(fileBytes(path));
    const result = report(parseLaunch(json, filesBeside(path === '-' ? '.' : dirname(path))));
    const text = options.has('--json')
      ? JSON.stringify(reportJson(result), null, 1)
      : reportLines(result, { steps: options.has('--steps') }).join('\n');
    console.log(text);
    return isGood(result) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(named === '' ? `${error.message}\n${USAGE}` : `${named}: ${error.message}`);
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));

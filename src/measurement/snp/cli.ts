/**
 * npm run launch-digest -- FILE.json [--steps] [--json]: the launch digest of an SEV-SNP guest from a list of its pages.
 * `-` reads the list from standard input. Files that the list names are looked for beside it. Exit code 0: measured; 1: the
 * firmware would refuse an entry, or an answer in the list disagrees; 2: the list cannot be read.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Problem } from '../problem.ts';
import { parseLaunch } from './list.ts';
import { report } from './measure.ts';
import { isGood, reportJson, reportLines } from './text.ts';

const USAGE = `usage: npm run launch-digest -- FILE.json [--steps] [--json]
  FILE.json  a list of pages; - reads it from standard input
  --steps    a line for every page of 4 KiB
  --json     the result as JSON`;

function files(folder: string): (name: string) => Uint8Array | undefined {
  return (name) => {
    try {
      return new Uint8Array(readFileSync(resolve(folder, name)));
    } catch {
      return undefined;
    }
  };
}

function main(args: readonly string[]): number {
  const flags = args.filter((arg) => arg.startsWith('--'));
  const paths = args.filter((arg) => !arg.startsWith('--'));
  const wrong = flags.find((flag) => flag !== '--steps' && flag !== '--json');
  const [path] = paths;
  if (wrong !== undefined || path === undefined || paths.length > 1) {
    console.error(wrong === undefined ? USAGE : `${wrong} is not known\n${USAGE}`);
    return 2;
  }
  let json: string;
  try {
    json = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    console.error(`${path}: ${(error as Error).message}`);
    return 2;
  }
  try {
    const result = report(parseLaunch(json, files(path === '-' ? '.' : dirname(path))));
    const text = flags.includes('--json')
      ? JSON.stringify(reportJson(result), null, 1)
      : reportLines(result, { steps: flags.includes('--steps') }).join('\n');
    console.log(text);
    return isGood(result) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`${path === '-' ? 'standard input' : path}: ${error.message}`);
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));

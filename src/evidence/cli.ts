/** npm run evidence -- PATH... : replays recordings and vectors against the models; without a path, the project's own. */
import { relative } from 'node:path';
import { OWN } from './files.ts';
import { type Score, score } from './score.ts';

const paths = process.argv.slice(2);

function report({ cases, errors, passed, failed }: Score): boolean {
  for (const one of cases) {
    for (const line of one.disagreements) console.log(`${shown(one.file)}: ${one.name}: ${line}`);
  }
  for (const { file, message } of errors) console.error(`${shown(file)}: ${message}`);
  if (cases.length === 0 && errors.length === 0) console.error('no evidence was found');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && errors.length === 0 && cases.length > 0;
}

function shown(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith('..') ? file : short;
}

process.exitCode = report(score(paths.length > 0 ? paths : [OWN])) ? 0 : 1;

/**
 * npm run evidence:live -- [--sequences N] [--seed N] [--out FOLDER] [--record] [FILE...] : compares the models with the running
 * kernel. Random sequences of calls are made on both; each kind of disagreement is made as short as it goes, printed, and
 * written as a recording that can be replayed. With files, the steps of those recordings are asked instead.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { findFiles, readItems } from '../files.ts';
import type { Trace } from '../trace.ts';
import { compare, type Pair, questionsOf } from './compare.ts';
import { LiveKernel, NoHelper } from './helper.ts';
import { ask, kernelRelease, unsuitable, whoAsks } from './machine.ts';
import { recordRun } from './record.ts';
import { rulesFor } from './releases.ts';
import { nameOf, run, shortest, type Totals } from './run.ts';
import { stepText } from './text.ts';

const USAGE = 'npm run evidence:live -- [--sequences N] [--seed N] [--out FOLDER] [--record] [FILE...]';

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        sequences: { type: 'string', default: '10000' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string', default: '.cache/live' },
        record: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nIt is called so: ${USAGE}`);
    process.exit(2);
  }
}

const { values, positionals } = options();

/** Says in one sentence why nothing was compared. That is no failure. */
function skipAll(why: string): void {
  console.log(`Nothing was compared: ${why}.`);
  console.log('0 passed, 0 failed, 1 skipped');
}

async function main(): Promise<void> {
  const release = kernelRelease();
  const why = unsuitable();
  if (why !== undefined) return skipAll(why);
  const found = rulesFor(release);
  if (found === undefined) return skipAll(`no kernel of the series of Linux ${release} was run or read`);
  let live: LiveKernel;
  try {
    live = new LiveKernel();
  } catch (error) {
    if (error instanceof NoHelper) return skipAll(error.message);
    throw error;
  }
  try {
    console.log(`Linux ${release} against the rules of ${found.rules.version}. ${found.rules.because}`);
    const pair = { live, model: found.kernel, release, as: whoAsks() };
    await (positionals.length > 0 ? replayFiles(pair) : explore(pair));
  } finally {
    live.close();
  }
}

const whole = (name: 'sequences' | 'seed'): number => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} takes a whole number, not '${values[name]}'`);
  return value;
};

async function explore(pair: Pair): Promise<void> {
  const [seed, sequences] = [whole('seed'), whole('sequences')];
  const { offer, lacks } = await ask(pair.live);
  for (const lack of lacks) console.log(`skipped: ${lack}`);
  const start = performance.now();
  const totals = await run(pair, offer, seed, sequences);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  for (const [id, count] of totals.known) console.log(`known difference, ${times(count)}: ${id}`);
  for (const [text, count] of totals.notRead) console.log(`skipped, ${times(count)}: ${text}`);
  for (const [reason, count] of totals.leftOut) console.log(`steps left out (${reason}): ${count}`);
  await report(pair, seed, totals);
  console.log(
    `${sequences} sequences of seed ${seed}: ${totals.steps} steps, ${totals.answers} answers compared in ${seconds} s`,
  );
  if (values.record) console.log(`recorded in ${shown(recordRun(pair.release, seed, totals, lacks))}`);
  const skipped = lacks.length + sum(totals.known) + sum(totals.notRead);
  console.log(`${totals.agreed} passed, ${totals.disagreed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  if (totals.disagreed > 0 || sequences === 0) process.exitCode = 1;
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0);
const times = (count: number): string => `${count} ${count === 1 ? 'sequence' : 'sequences'}`;
const shown = (file: string): string => relative(process.cwd(), file);

async function report(pair: Pair, seed: number, { findings }: Totals): Promise<void> {
  let number = 0;
  for (const finding of findings.values()) {
    const { trace, verdict } = await shortest(pair, finding, number++);
    const text = verdict.is === 'disagreed' ? verdict.text : `not seen again: ${finding.kind}`;
    const name = nameOf(seed, finding.index);
    mkdirSync(values.out, { recursive: true });
    const file = join(values.out, `${name}.json`);
    const described: Trace = { ...trace, name, reason: `Live comparison on ${pair.release}, seed ${seed}: ${text}` };
    writeFileSync(file, `${JSON.stringify(described, undefined, 1)}\n`);
    console.log(`\n${times(finding.count)}: ${text}\n  written to ${file}`);
    for (const line of trace.steps.flatMap((step) => stepText(step))) console.log(`  ${line}`);
  }
}

/** Asks the running kernel the steps of recordings, and compares its answers with the model's. */
async function replayFiles(pair: Pair): Promise<void> {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const file of positionals.flatMap((path) => findFiles(path))) {
    for (const item of readItems(file)) {
      if (item.schema !== 'guest-memory-oracle/1') {
        console.log(`skipped: ${shown(file)} is no recording of a kernel`);
        skipped++;
        continue;
      }
      const trace = item as unknown as Trace;
      const { verdict } = await compare(pair, trace.name, questionsOf(trace.steps));
      if (verdict.is === 'agreed') passed++;
      else if (verdict.is === 'disagreed') failed++;
      else skipped++;
      if (verdict.is === 'disagreed') console.log(`${shown(file)}: ${trace.name}: ${verdict.text}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  if (failed > 0 || passed + skipped === 0) process.exitCode = 1;
}

await main();

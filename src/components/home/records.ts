/** The blessed table of scenarios, joined with the generations that it was run against. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Generation, ScenarioColumn, ScenarioTable } from '../../snippet/types.ts';

const ROOT = process.cwd();

function record<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, 'content/records', `${name}.json`), 'utf8')) as T;
}

/** Where a generation is told: the page that a reader of the strip wants next. */
const PAGES: Readonly<Record<string, string>> = {
  memfd: '/mechanisms/memfd-and-seals',
  'memfd-write-seal': '/history/files-that-can-be-locked',
  'memfd-secret': '/history/memory-nobody-else-sees',
  'f-seal-guest': '/history/a-seal-for-guests',
  'mfd-guest': '/threads/f-seal-guest',
};

export interface StripColumn extends ScenarioColumn {
  readonly generation: Generation;
  readonly page: string | undefined;
}

/** The answers to one scenario in the order of the generations. Throws where the table has no such scenario. */
export function readRecord(scenario: string): StripColumn[] {
  const answers = record<ScenarioTable>('scenarios')[scenario];
  if (answers === undefined) throw new Error(`content/records/scenarios.json has no scenario ‘${scenario}’.`);
  return record<Generation[]>('generations').flatMap((generation) => {
    const column = answers[generation.id];
    return column === undefined ? [] : [{ ...column, generation, page: PAGES[generation.id] }];
  });
}

/** The blessed table of scenarios, joined with the generations that it was run against. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Generation, ScenarioColumn, ScenarioTable } from '../../snippet/types.ts';

const ROOT = process.cwd();

function record<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, 'content/records', `${name}.json`), 'utf8')) as T;
}

export interface StripColumn extends ScenarioColumn {
  readonly generation: Generation;
}

/** The answers to one scenario in the order of the generations. Throws where the table has no such scenario. */
export function readColumns(scenario: string): StripColumn[] {
  const answers = record<ScenarioTable>('scenarios')[scenario];
  if (answers === undefined) throw new Error(`content/records/scenarios.json has no scenario ‘${scenario}’.`);
  return record<Generation[]>('generations').flatMap((generation) => {
    const column = answers[generation.id];
    return column === undefined ? [] : [{ ...column, generation }];
  });
}

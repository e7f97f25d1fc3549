/**
 * Scenarios: one question put to every generation of the design. A scenario is a file of content/snippets/scenarios whose
 * default export is called once per entry of content/records/generations.json, each time in a realm of its own and under the
 * limits of a snippet. The answers are one committed, blessed table.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './compile.ts';
import { FOLDER, type Problem, readSnippet, SCENARIOS, snippetIds } from './files.ts';
import { Runner } from './runInNode.ts';
import type { Compiled, Generation, ScenarioColumn, ScenarioTable } from './types.ts';

export const GENERATIONS = 'content/records/generations.json';
export const TABLE = 'content/records/scenarios.json';

export function generations(root: string): Generation[] {
  const file = join(root, GENERATIONS);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Generation[]) : [];
}

/** The table as it is committed. */
export function blessedTable(root: string): ScenarioTable {
  const file = join(root, TABLE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ScenarioTable) : {};
}

async function ask(
  file: string,
  compiled: Compiled,
  generation: Generation,
  runner: Runner,
): Promise<ScenarioColumn | Problem> {
  const { result, column } = await runner.run({ kind: 'scenario', compiled, generation });
  if (column && !result.error) return column;
  const { message = 'The scenario gave no answers.', line = 1 } = result.error ?? {};
  return { file, line, message: `${generation.id}: ${message}` };
}

/** Runs every scenario against every generation. */
export async function runScenarios(
  root: string,
  library: string,
): Promise<{ table: ScenarioTable; problems: Problem[] }> {
  const ids = snippetIds(root).filter((id) => id.startsWith(SCENARIOS));
  const problems: Problem[] = [];
  const table: Record<string, Record<string, ScenarioColumn>> = {};
  if (ids.length === 0) return { table, problems };
  const all = generations(root);
  const runner = new Runner(library);
  for (const id of ids) {
    const { file, source } = readSnippet(root, id, problems);
    const compiled = compile(id, source);
    if (!('code' in compiled)) {
      problems.push({ file, line: compiled.line ?? 1, message: compiled.message });
      continue;
    }
    const columns = await Promise.all(all.map((generation) => ask(file, compiled, generation, runner)));
    const row: Record<string, ScenarioColumn> = {};
    for (const [index, generation] of all.entries()) {
      const column = columns[index];
      if (column && 'answers' in column) row[generation.id] = column;
      else if (column) problems.push(column);
    }
    table[id.slice(SCENARIOS.length)] = row;
  }
  await runner.close();
  return { table, problems };
}

function cell(column: ScenarioColumn | undefined): string {
  if (!column) return 'no answers';
  return column.answers.map(({ name, text }) => `${name} → ${text}`).join('; ');
}

/** Where the committed table says otherwise than the run. */
export function tableLies(root: string, table: ScenarioTable): Problem[] {
  const blessed = blessedTable(root);
  const names = [...new Set([...Object.keys(table), ...Object.keys(blessed)])];
  return names.flatMap((name) => {
    const ran = table[name] ?? {};
    const wrote = blessed[name] ?? {};
    const ids = [...new Set([...Object.keys(ran), ...Object.keys(wrote)])];
    return ids
      .filter((id) => JSON.stringify(ran[id]) !== JSON.stringify(wrote[id]))
      .map((id) => ({
        file: existsSync(join(root, `${FOLDER}/${SCENARIOS}${name}.ts`)) ? `${FOLDER}/${SCENARIOS}${name}.ts` : TABLE,
        line: 1,
        message: `${TABLE} lies about ${id}.\n  expected ${cell(wrote[id])}\n  found    ${cell(ran[id])}`,
      }));
  });
}

/**
 * Scenarios: one question put to every generation of the design. A scenario is a file of content/snippets/scenarios whose
 * default export is called once per entry of content/records/generations.json, each time in a realm of its own and under the
 * limits of a snippet. Those of its folder `hardware` are put to the entries of content/records/hardware.json instead. The answers
 * of each axis are one committed, blessed table.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Axis, belongs, blessedTable, GENERATIONS, generations } from './axes.ts';
import { compile } from './compile.ts';
import { FOLDER, type Problem, readSnippet, snippetIds } from './files.ts';
import { Runner } from './runInNode.ts';
import type { Compiled, Generation, ScenarioColumn, ScenarioTable } from './types.ts';

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

/** Runs every scenario of an axis against every entry of its list. */
export async function runScenarios(
  root: string,
  library: string,
  axis: Axis = GENERATIONS,
): Promise<{ table: ScenarioTable; problems: Problem[] }> {
  const ids = snippetIds(root).filter((id) => belongs(id, axis));
  const problems: Problem[] = [];
  const table: Record<string, Record<string, ScenarioColumn>> = {};
  if (ids.length === 0) return { table, problems };
  const all = generations(root, axis);
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
    table[id.slice(axis.folder.length)] = row;
  }
  await runner.close();
  return { table, problems };
}

function cell(column: ScenarioColumn | undefined): string {
  if (!column) return 'no answers';
  return column.answers.map(({ name, text }) => `${name} → ${text}`).join('; ');
}

/** Where the committed table says otherwise than the run. */
export function tableLies(root: string, table: ScenarioTable, axis: Axis = GENERATIONS): Problem[] {
  const blessed = blessedTable(root, axis);
  const names = [...new Set([...Object.keys(table), ...Object.keys(blessed)])];
  return names.flatMap((name) => {
    const ran = table[name] ?? {};
    const wrote = blessed[name] ?? {};
    const ids = [...new Set([...Object.keys(ran), ...Object.keys(wrote)])];
    return ids
      .filter((id) => JSON.stringify(ran[id]) !== JSON.stringify(wrote[id]))
      .map((id) => ({
        file: existsSync(join(root, `${FOLDER}/${axis.folder}${name}.ts`))
          ? `${FOLDER}/${axis.folder}${name}.ts`
          : axis.table,
        line: 1,
        message: `${axis.table} lies about ${id}.\n  expected ${cell(wrote[id])}\n  found    ${cell(ran[id])}`,
      }));
  });
}

/** The two axes of the comparison: the lists that scenarios are put to, and the tables of their answers. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCENARIOS } from './files.ts';
import type { Generation, ScenarioTable } from './types.ts';

/** What scenarios are put to, and where the list and the answers are kept. */
export interface Axis {
  /** Start of the ids of its scenarios. */
  readonly folder: string;
  readonly list: string;
  readonly table: string;
}

export const GENERATIONS: Axis = {
  folder: SCENARIOS,
  list: 'content/records/generations.json',
  table: 'content/records/scenarios.json',
};
export const HARDWARE: Axis = {
  folder: `${SCENARIOS}hardware/`,
  list: 'content/records/hardware.json',
  table: 'content/records/hardware-scenarios.json',
};
export const AXES: readonly Axis[] = [GENERATIONS, HARDWARE];

/** The axis of a scenario: the one with the longest folder that its id begins with. */
export const belongs = (id: string, axis: Axis): boolean =>
  id.startsWith(axis.folder) && (axis !== GENERATIONS || !id.startsWith(HARDWARE.folder));

function read<T>(root: string, file: string, otherwise: T): T {
  const path = join(root, file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : otherwise;
}

export const generations = (root: string, axis: Axis = GENERATIONS): Generation[] =>
  read<Generation[]>(root, axis.list, []);

/** The table as it is committed. */
export const blessedTable = (root: string, axis: Axis = GENERATIONS): ScenarioTable =>
  read<ScenarioTable>(root, axis.table, {});

/** RMP checks, instructions, page states and VMRUN: rows of four files, each replayed by rule. */
import { CannotReplay } from '../cannot-replay.ts';
import { accessVector } from './snp-rmp/access.ts';
import { instructionVector } from './snp-rmp/instructions.ts';
import { transitionVector } from './snp-rmp/page-states.ts';
import { vmrunVector } from './snp-rmp/vmrun.ts';
import type { Vector, VectorReport, VectorSchema } from './vector.ts';

type Item = { readonly [field: string]: unknown };

/** The rows of a list, each with its name. */
function rows<T>(item: Item, field: string, run: (row: T) => VectorReport): Vector[] {
  const list = item[field];
  if (!Array.isArray(list)) throw new CannotReplay(`a file of this schema has a list '${field}'`);
  return list.map((row: T & { readonly id?: unknown }, index) => ({
    name: String(row.id ?? `row ${index + 1}`),
    run: () => run(row),
  }));
}

const schema = (read: (item: Item) => readonly Vector[]): VectorSchema => ({ subject: 'snp_rmp', read });

export const snpRmp: Readonly<Record<string, VectorSchema>> = {
  'snp-rmp-access/1': schema((item) => rows(item, 'rows', accessVector)),
  'snp-rmp-instructions/1': schema((item) => rows(item, 'rows', instructionVector)),
  'snp-rmp-page-states/1': schema((item) => {
    const states = item['states'] as Parameters<typeof transitionVector>[1] | undefined;
    if (typeof states !== 'object') throw new CannotReplay("a file of this schema has bit patterns in 'states'");
    return rows(item, 'transitions', (row: Parameters<typeof transitionVector>[0]) => transitionVector(row, states));
  }),
  'snp-rmp-vmrun/1': schema((item) => rows(item, 'rows', vmrunVector)),
};

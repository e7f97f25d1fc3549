/** A row of access.json: one access, the entry that it meets, and what was expected of it. */
import type { Access, MapLevel } from '../../../model/index.ts';
import type { RowEntry } from './entry.ts';

export interface AccessRow {
  readonly mode?: string;
  readonly actor: string;
  readonly access: Access;
  readonly c_bit?: 0 | 1;
  readonly map_level: MapLevel;
  readonly vmpl?: number;
  readonly cpl?: number;
  readonly vtom?: string;
  readonly rmp: RowEntry;
  readonly other_4k_in_2m_region_assigned?: boolean;
  readonly expect: {
    readonly outcome: string;
    readonly error_bits_set?: readonly number[];
    readonly error_bits_clear?: readonly number[];
    readonly error_code?: string;
    readonly cr2?: string;
    readonly data?: string;
  };
  readonly sources?: readonly string[];
}

/** The C-bit that counts for data: VIRTUAL_TOM decides where the guest has one. */
export function cBit({ vtom, c_bit = 0 }: AccessRow): 0 | 1 {
  if (vtom === undefined) return c_bit;
  return vtom.includes('below') ? 1 : 0;
}

/** What a read of TD memory returns, row by row (schema tdx_sept/memory_reads/1). The rows were read in tables; no program ran them. */
import { list, object, type Place } from '../../measurement/fields.ts';
import { HOST_KEY, LINE, MemoryController, type MemoryKey } from '../../model/machine/integrity.ts';
import { compareFields, type Vector, type VectorReport, type VectorSchema } from './vector.ts';

type Row = { readonly [name: string]: unknown };

const WRITTEN = new Uint8Array(LINE).fill(0x5a);

/** Puts a line into the state of the row, by writes alone, and reads it with the key of the row. */
function answer(row: Row): { returned: string; poison: boolean } {
  const memory = new MemoryController({ mode: row['mode'] === 'Li' ? 'Li' : 'Ci' });
  const td = memory.hkid(32);
  const shared = row['integrity_enabled_for_hkid'] === true ? memory.sharedKey(3) : HOST_KEY;
  const reader: MemoryKey = row['hkid'] === 'private' ? td : shared;
  memory.write(0, row['td_owner_bit'] === 1 ? td : shared, WRITTEN);
  if (row['integrity_check'] === 'fail') memory.tamper(0);
  const { data, poison } = memory.read(0, reader);
  const returned = data.every((byte) => byte === 0)
    ? 'zero'
    : data.every((byte, i) => byte === WRITTEN[i])
      ? 'plaintext'
      : 'other bytes';
  // Sticky: once poisoned, every later read of the line is, whoever makes it.
  if (poison !== memory.read(0, HOST_KEY).poison) return { returned: 'poison that does not stay', poison };
  return { returned, poison };
}

function report(row: Row, source: unknown, executed: boolean): VectorReport {
  const found = answer(row);
  const check = row['integrity_check'] === null ? 'no MAC check' : `MAC check: ${row['integrity_check']}`;
  return {
    title: `${row['mode']}, ${row['hkid']} key, TD owner bit ${row['td_owner_bit']}, ${check}`,
    ...compareFields([
      { field: 'returned', expected: String(row['returned']), found: found.returned },
      { field: 'new poison', expected: String(row['new_poison']), found: String(found.poison) },
    ]),
    ...(typeof source === 'string' && { source }),
    executed,
  };
}

function read(item: Row): readonly Vector[] {
  const place: Place = { name: 'tdx_sept/memory_reads/1' };
  return list(item['rows'], place, 'rows').map((value, index) => {
    const row = object(value, place, `rows[${index}]`);
    return {
      name: `memory-read-${index + 1}`,
      run: () => report(row, item['source'], item['executed'] === true),
    };
  });
}

export const tdxMemoryReads: Readonly<Record<string, VectorSchema>> = {
  'tdx_sept/memory_reads/1': { subject: 'tdx_sept', read },
};

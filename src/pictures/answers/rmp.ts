/** What an access finds in the RMP: every accessor against entries of every kind, computed from the model, one table each. */
import { type Access, Rmp, type RmpEntry, type RmpFault } from '../../model/index.ts';
import { hostAccess, plainGuestAccess, snpGuestAccess } from '../../model/sev/rmp-access.ts';
import { HYPERVISOR_ENTRY, RMP_PG_SIZE_2M, VMPL_ALL } from '../../model/sev/rmp-entry.ts';
import { pvalidate } from '../../model/sev/rmp-guest.ts';
import { PAGE } from '../../model/units.ts';
import { facts, type Table } from './table.ts';

const ASID = 5;
const OTHER = 6;
/** First page of a region of 2 MiB, and the guest address that it has. */
const FIRST = 512;
const GPA = 0x4000_0000;

const own: RmpEntry = {
  ...HYPERVISOR_ENTRY,
  assigned: 1,
  asid: ASID,
  gpa: GPA,
  validated: 1,
  permissions: [VMPL_ALL, 0, 0, 0],
};

const ENTRIES: readonly (readonly [label: string, entry: RmpEntry])[] = [
  ['the host’s', HYPERVISOR_ENTRY],
  ['the guest’s, validated', own],
  ['the guest’s, not validated', { ...own, validated: 0 }],
  ['another guest’s', { ...own, asid: OTHER }],
  ['at another address', { ...own, gpa: GPA + 16 * PAGE }],
  ['immutable', { ...own, immutable: 1 }],
];

function tableWith(entry: RmpEntry): Rmp {
  const rmp = new Rmp((FIRST + 512) * PAGE);
  rmp.write(FIRST, entry);
  return rmp;
}

const said = (fault: RmpFault | undefined): string =>
  fault === undefined ? 'allowed' : `${fault.show()}, ${fault.check}`;

const guest =
  (access: Access, c_bit: 0 | 1, vmpl = 0) =>
  (rmp: Rmp) =>
    snpGuestAccess(rmp, FIRST, { access, c_bit, vmpl, cpl: 0, asid: ASID, gva: GPA, gpa: GPA, map_level: '4K' });

const ACCESSES: readonly (readonly [label: string, run: (rmp: Rmp) => RmpFault | undefined])[] = [
  ['host reads', (rmp) => hostAccess(rmp, FIRST, { access: 'data-read', map_level: '4K' })],
  ['host writes', (rmp) => hostAccess(rmp, FIRST, { access: 'data-write', map_level: '4K' })],
  ['host walks a page table there', (rmp) => hostAccess(rmp, FIRST, { access: 'page-table-access', map_level: '4K' })],
  ['guest without SNP writes', (rmp) => plainGuestAccess(rmp, FIRST, { access: 'data-write', map_level: '4K' })],
  ['SNP guest reads, C=0', guest('data-read', 0)],
  ['SNP guest writes, C=0', guest('data-write', 0)],
  ['SNP guest reads or writes, C=1', guest('data-write', 1)],
  ['SNP guest fetches, C=0', guest('fetch', 0)],
  ['SNP guest walks a page table there', guest('page-table-access', 0)],
  ['the same guest at VMPL1 reads, C=1', guest('data-read', 1, 1)],
];

/** Accesses by entries; the entry and the mapping are of 4K. */
export function accessTable(): Table {
  return facts(
    ENTRIES.map(([label]) => label),
    'access to a page that is',
    ACCESSES.map(([label, run]) => ({ label, values: ENTRIES.map(([, entry]) => said(run(tableWith(entry)))) })),
  );
}

/** Sizes: a private access through mappings of each size, and PVALIDATE of each size, against entries of both. */
export function sizeTable(): Table {
  const entries: readonly RmpEntry[] = [own, { ...own, page_size: RMP_PG_SIZE_2M }];
  const levels = ['4K', '2M', '1G'] as const;
  const rows = levels.map((map_level) => ({
    label: `private access through a nested mapping of ${map_level}`,
    values: entries.map((entry) =>
      said(
        snpGuestAccess(tableWith(entry), FIRST, {
          access: 'data-read',
          c_bit: 1,
          vmpl: 0,
          cpl: 0,
          asid: ASID,
          gva: GPA,
          gpa: GPA,
          map_level,
        }),
      ),
    ),
  }));
  const validate = ([4096, 0x20_0000] as const).map((bytes) => ({
    label: `PVALIDATE that asks for ${bytes === 4096 ? '4K' : '2M'}`,
    values: entries.map((entry) => {
      const page = { pfn: FIRST, gva: GPA, gpa: GPA, asid: ASID, vmpl: 0 };
      return pvalidate(tableWith({ ...entry, validated: 0 }), page, bytes === 4096 ? 0 : 1, 1).show();
    }),
  }));
  return facts(['entry of 4K', 'entry of 2M'], 'asked', [...rows, ...validate]);
}

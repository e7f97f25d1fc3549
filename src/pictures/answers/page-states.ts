/** Where each operation takes a page, from each state: computed by trying it on an entry with the bits of that state. */
import { FirmwareStatus, type PageState, pageState, Rmp, type RmpEntry } from '../../model/index.ts';
import {
  decommission,
  gctxCreate,
  launchAccept,
  launchCheck,
  pageMdInit,
  pageReclaim,
  pageSetHvFixed,
  pageSwapOut,
} from '../../model/sev/firmware-pages.ts';
import { HYPERVISOR_ENTRY, RMP_PG_SIZE_4K, VMPL_ALL } from '../../model/sev/rmp-entry.ts';
import { pvalidate, Validated } from '../../model/sev/rmp-guest.ts';
import { type RmpState, rmpupdate } from '../../model/sev/rmp-host.ts';
import { PAGE } from '../../model/units.ts';
import { facts, type Table } from './table.ts';

const ASID = 5;
const GPA = 0x10000;
const PFN = 1;
const SPA = PFN * PAGE;

const guest: RmpEntry = {
  ...HYPERVISOR_ENTRY,
  assigned: 1,
  asid: ASID,
  gpa: GPA,
  permissions: [VMPL_ALL, 0, 0, 0],
};
const firmware: RmpEntry = { ...HYPERVISOR_ENTRY, assigned: 1, immutable: 1, permissions: [VMPL_ALL, 0, 0, 0] };

/** An entry of each state. */
export const STATES: readonly RmpEntry[] = [
  HYPERVISOR_ENTRY,
  guest,
  { ...guest, validated: 1 },
  { ...guest, immutable: 1 },
  { ...guest, immutable: 1, validated: 1 },
  firmware,
  { ...firmware, vmsa: 1 },
  { ...firmware, gpa: GPA },
  { ...firmware, immutable: 0 },
  { ...HYPERVISOR_ENTRY, immutable: 1 },
];

type Operation = readonly [label: string, run: (rmp: Rmp) => unknown];

const update = (state: RmpState) => (rmp: Rmp) => rmpupdate(rmp, SPA, state);
const validate = (bit: 0 | 1) => (rmp: Rmp) =>
  pvalidate(rmp, { pfn: PFN, gva: GPA, gpa: GPA, asid: ASID, vmpl: 0 }, RMP_PG_SIZE_4K, bit);

const INSTRUCTIONS: readonly Operation[] = [
  ['RMPUPDATE to the host', update({})],
  ['RMPUPDATE to the guest', update({ assigned: 1, asid: ASID, gpa: GPA })],
  ['RMPUPDATE to the guest, immutable', update({ assigned: 1, asid: ASID, gpa: GPA, immutable: 1 })],
  ['RMPUPDATE to the firmware', update({ assigned: 1, immutable: 1 })],
  ['PVALIDATE 1', validate(1)],
  ['PVALIDATE 0', validate(0)],
];

function launch(rmp: Rmp): FirmwareStatus {
  const page = { asid: ASID, page_size: RMP_PG_SIZE_4K, only_4k: false } as const;
  const status = launchCheck(rmp, SPA, page);
  if (status.code === 0) launchAccept(rmp, SPA, page);
  return status;
}

const COMMANDS: readonly Operation[] = [
  ['SNP_LAUNCH_UPDATE', launch],
  ['SNP_PAGE_RECLAIM', (rmp) => pageReclaim(rmp, SPA)],
  ['SNP_GCTX_CREATE', (rmp) => gctxCreate(rmp, SPA)],
  ['SNP_DECOMMISSION', (rmp) => decommission(rmp, SPA)],
  ['SNP_PAGE_MD_INIT', (rmp) => pageMdInit(rmp, SPA, GPA)],
  ['SNP_PAGE_SWAP_OUT', (rmp) => pageSwapOut(rmp, SPA)],
  ['SNP_PAGE_SET_STATE', (rmp) => pageSetHvFixed(rmp, SPA)],
];

const succeeded = (answer: unknown): boolean =>
  answer === 0 || answer instanceof Validated || (answer instanceof FirmwareStatus && answer.code === 0);

/** The state afterwards; or the refusal, as a value, so that it stands out. */
function tried(entry: RmpEntry, [, run]: Operation): string {
  const rmp = new Rmp(8 * PAGE);
  rmp.write(PFN, entry);
  const before = pageState(rmp.lookup(PFN));
  const answer = run(rmp);
  // The refusal that nearly every state meets would hide the others.
  if (answer instanceof FirmwareStatus && answer.name === 'INVALID_PAGE_STATE') return '–';
  if (!succeeded(answer)) return (answer as { show(): string }).show();
  const after: PageState = pageState(rmp.lookup(PFN));
  return after === before ? 'stays' : `→ ${after}`;
}

function table(operations: readonly Operation[]): Table {
  return facts(
    operations.map(([label]) => label),
    'page is',
    STATES.map((entry) => ({
      label: pageState(entry),
      values: operations.map((operation) => tried(entry, operation)),
    })),
  );
}

/** Instructions of host and guest. The guest's entry is for one ASID and one address, which both sides use. */
export const instructionTable = (): Table => table(INSTRUCTIONS);

/** Commands of the firmware, as far as they look at the page. */
export const firmwareTable = (): Table => table(COMMANDS);

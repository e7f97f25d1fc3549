/**
 * What the firmware's commands do to the state of a page. Only that: measuring, encrypting and the life of a guest context are
 * not here. Source: amd/AMD-ASPFW, fw/psp_bl_uapps/sev_uapp/src/sev_mcmd.c, firmware 1.55.25; the checks of each command in
 * its order, as far as they look at the entry. The white paper's figure goes from Firmware to Hypervisor in one step; in the
 * firmware, Reclaim lies between.
 */
import { PAGE } from '../units.ts';
import { type PageState, pageState } from './page-state.ts';
import type { Rmp } from './rmp.ts';
import {
  REGION_BYTES,
  RMP_PG_SIZE_2M,
  RMP_PG_SIZE_4K,
  type RmpEntry,
  type RmpPageSize,
  VMPL_ALL,
} from './rmp-entry.ts';
import { FirmwareStatus, type FirmwareStatusName, SUCCESS } from './status.ts';

const frame = (spa: number): number => Math.floor(spa / PAGE);

const refuse = (name: FirmwareStatusName, why: string) => new FirmwareStatus(name, why);

function wrongState(state: PageState, wanted: string): FirmwareStatus {
  return refuse('INVALID_PAGE_STATE', `The page is ${state}; the command takes ${wanted}.`);
}

function wrongSize(): FirmwareStatus {
  return refuse('INVALID_PAGE_SIZE', 'The size in the command is not that of the RMP entry.');
}

/** The ruling entry of a page, with its place. */
interface Found {
  readonly head: number;
  readonly entry: RmpEntry;
  readonly state: PageState;
}

function find(rmp: Rmp, spa: number): Found | FirmwareStatus {
  const pfn = frame(spa);
  if (!rmp.covers(pfn)) return refuse('INVALID_ADDRESS', 'The table has no entry for this page.');
  const head = rmp.head(pfn);
  const entry = rmp.stored(head);
  return { head, entry, state: pageState(entry) };
}

/** SNP_GCTX_CREATE: a Firmware page of 4K becomes a guest context. The caller zeroes the page. */
export function gctxCreate(rmp: Rmp, spa: number): FirmwareStatus {
  const found = find(rmp, spa);
  if (found instanceof FirmwareStatus) return found;
  if (found.state !== 'Firmware') return wrongState(found.state, 'a Firmware page');
  if (found.entry.page_size !== RMP_PG_SIZE_4K) return wrongSize();
  rmp.write(found.head, { ...found.entry, vmsa: 1 });
  return SUCCESS;
}

/** SNP_DECOMMISSION: the context is gone, its page is Firmware. The caller frees ASID and key. */
export function decommission(rmp: Rmp, spa: number): FirmwareStatus {
  const found = find(rmp, spa);
  if (found instanceof FirmwareStatus) return found;
  if (found.state !== 'Context') return refuse('INVALID_GUEST', `The page is ${found.state}, not a guest context.`);
  rmp.write(found.head, { ...found.entry, vmsa: 0 });
  return SUCCESS;
}

/** SNP_PAGE_SET_STATE: a Firmware page becomes HV-Fixed, host memory that can never be assigned. */
export function pageSetHvFixed(rmp: Rmp, spa: number): FirmwareStatus {
  const found = find(rmp, spa);
  if (found instanceof FirmwareStatus) return found;
  if (found.state !== 'Firmware') return wrongState(found.state, 'a Firmware page');
  rmp.write(found.head, { ...found.entry, assigned: 0, permissions: [0, 0, 0, 0] });
  return SUCCESS;
}

/** SNP_PAGE_MD_INIT: a Firmware page becomes Metadata of the guest whose context lies at `gctx` (bytes). The caller zeroes it. */
export function pageMdInit(rmp: Rmp, spa: number, gctx: number): FirmwareStatus {
  const found = find(rmp, spa);
  if (found instanceof FirmwareStatus) return found;
  if (found.state !== 'Firmware') return wrongState(found.state, 'a Firmware page');
  rmp.write(found.head, { ...found.entry, gpa: gctx });
  return SUCCESS;
}

/** What SNP_LAUNCH_UPDATE asks of the page, and what it leaves in the entry. */
export interface LaunchPage {
  readonly asid: number;
  readonly page_size: RmpPageSize;
  /** VMSA, SECRETS and CPUID pages are 4K only. */
  readonly only_4k: boolean;
  /** The page is a save area. */
  readonly vmsa?: boolean;
  /** Masks for VMPL1, VMPL2, VMPL3. */
  readonly permissions?: readonly [number, number, number];
}

/**
 * The checks of SNP_LAUNCH_UPDATE that look at the entry, in their order among themselves: state, size, alignment, 4K only.
 * The caller checks the guest context before, and type and guest state between this and `launchOwner`.
 */
export function launchCheck(rmp: Rmp, spa: number, page: Pick<LaunchPage, 'page_size' | 'only_4k'>): FirmwareStatus {
  const found = find(rmp, spa);
  if (found instanceof FirmwareStatus) return found;
  if (found.state !== 'Pre-Guest') return wrongState(found.state, 'a Pre-Guest page');
  if (found.entry.page_size !== page.page_size) return wrongSize();
  if (page.page_size === RMP_PG_SIZE_2M && spa % REGION_BYTES !== 0) {
    return refuse('INVALID_ADDRESS', 'A 2M page does not begin at this address.');
  }
  if (page.only_4k && page.page_size !== RMP_PG_SIZE_4K) {
    return refuse('INVALID_PAGE_SIZE', 'Save areas, secrets and CPUID tables are pages of 4K.');
  }
  return SUCCESS;
}

/** The check of SNP_LAUNCH_UPDATE that the page belongs to the guest of the context. */
export function launchOwner(rmp: Rmp, spa: number, asid: number): FirmwareStatus {
  const owner = rmp.lookup(frame(spa))?.asid;
  if (owner === asid) return SUCCESS;
  return refuse('INVALID_PAGE_OWNER', `The page is assigned to ASID ${owner}, the context has ASID ${asid}.`);
}

/** What SNP_LAUNCH_UPDATE leaves: the page is Guest-Valid, with its masks. `launchCheck` and `launchOwner` have passed. */
export function launchAccept(rmp: Rmp, spa: number, page: LaunchPage): void {
  const head = rmp.head(frame(spa));
  const [one, two, three] = page.permissions ?? [0, 0, 0];
  const entry = rmp.stored(head);
  rmp.write(head, {
    ...entry,
    immutable: 0,
    validated: 1,
    vmsa: page.vmsa === true ? 1 : 0,
    permissions: [VMPL_ALL, one, two, three],
  });
}

/**
 * SNP_PAGE_RECLAIM: takes the immutable bit from a page and gives it back. A page that is not immutable already is a success.
 * A Context page has to be decommissioned first.
 */
export function pageReclaim(rmp: Rmp, spa: number, size: RmpPageSize = RMP_PG_SIZE_4K): FirmwareStatus {
  const found = find(rmp, spa);
  if (found instanceof FirmwareStatus) return found;
  const { head, entry, state } = found;
  if (entry.page_size !== size) return wrongSize();
  if (size === RMP_PG_SIZE_2M && spa % REGION_BYTES !== 0) {
    return refuse('INVALID_ADDRESS', 'A 2M page does not begin at this address.');
  }
  if (entry.immutable === 0) return SUCCESS;
  switch (state) {
    case 'Firmware':
    case 'Metadata':
      rmp.write(head, { ...entry, immutable: 0, gpa: 0, vmsa: 0 });
      return SUCCESS;
    case 'Pre-Guest':
    case 'Pre-Swap':
      rmp.write(head, { ...entry, immutable: 0 });
      return SUCCESS;
    default:
      return wrongState(state, 'Firmware, Metadata, Pre-Guest or Pre-Swap');
  }
}

/** SNP_PAGE_SWAP_OUT on its source: a guest page loses its content to a buffer and is Pre-Guest; a Metadata page is Firmware. */
export function pageSwapOut(rmp: Rmp, spa: number): FirmwareStatus {
  const found = find(rmp, spa);
  if (found instanceof FirmwareStatus) return found;
  const { head, entry, state } = found;
  if (state === 'Metadata') rmp.write(head, { ...entry, gpa: 0 });
  else if (state === 'Pre-Swap' || state === 'Pre-Guest') rmp.write(head, { ...entry, validated: 0 });
  else return wrongState(state, 'Pre-Swap, Pre-Guest or Metadata');
  return SUCCESS;
}

/** SNP_PAGE_SWAP_IN on its target: Pre-Guest becomes Pre-Swap where the page had been validated. */
export function pageSwapIn(rmp: Rmp, spa: number, wasValidated: boolean): FirmwareStatus {
  const found = find(rmp, spa);
  if (found instanceof FirmwareStatus) return found;
  if (found.state !== 'Pre-Guest') return wrongState(found.state, 'a Pre-Guest page');
  rmp.write(found.head, { ...found.entry, validated: wasValidated ? 1 : 0 });
  return SUCCESS;
}

/** SNP_PAGE_MOVE: the guest's page goes on at `to`; where it was is Guest-Invalid. The caller moves the bytes. */
export function pageMove(rmp: Rmp, from: number, to: number): FirmwareStatus {
  const source = find(rmp, from);
  const target = find(rmp, to);
  if (source instanceof FirmwareStatus) return source;
  if (target instanceof FirmwareStatus) return target;
  if (target.state !== 'Pre-Guest') return wrongState(target.state, 'a Pre-Guest page as target');
  if (source.state !== 'Pre-Swap' && source.state !== 'Pre-Guest') {
    return wrongState(source.state, 'a Pre-Swap or Pre-Guest page as source');
  }
  const { validated, permissions, vmsa } = source.entry;
  rmp.write(target.head, { ...target.entry, immutable: 0, validated, permissions, vmsa });
  rmp.write(source.head, { ...source.entry, immutable: 0, validated: 0 });
  return SUCCESS;
}

/**
 * The life of a TD: key, control pages, measurement, and the way down.
 *
 * Source: tdh_mng_*.c, tdh_mr_*.c and tdh_phymem_*.c of intel/tdx-module 1.5.01 (72d8cffb214b; run with one package, TDH.MNG.INIT's
 * body read). Left out: the parameters of TDH.MNG.INIT but GPAW, levels and SEPT_VE_DISABLE; TDH.VP.ADDCX and TDH.VP.INIT (a
 * virtual CPU exists once TDH.VP.CREATE gave it a page); the most control pages that a TD may have.
 */
import { type Gpaw, levelPages } from './levels.ts';
import type { TdxMachine } from './machine.ts';
import { CHUNK } from './measurement.ts';
import type { PageType } from './pamt.ts';
import { Sept } from './sept.ts';
import { TDX_SUCCESS, type TdxOperand, TdxStatus } from './status.ts';
import { Td } from './td.ts';

const counted = (vcpus: number): string => (vcpus === 1 ? '1 virtual CPU is' : `${vcpus} virtual CPUs are`);

const wrongStage = (td: Td, wanted: string): TdxStatus =>
  new TdxStatus('TDX_LIFECYCLE_STATE_INCORRECT', undefined, `The TD is ${td.lifecycle}; the call needs ${wanted}.`);

/** TDH.MNG.CREATE: a page becomes the root page of a TD that gets a key number. */
export function mngCreate(machine: TdxMachine, tdr: number, hkid: number): TdxStatus {
  const [first, last] = machine.hkids;
  if (hkid < first || hkid > last)
    return new TdxStatus('TDX_OPERAND_INVALID', 'RDX', `Key number ${hkid} is not private.`);
  const wrong = machine.pamt.checkFree(tdr, 0, 'RCX');
  if (wrong !== undefined) return wrong;
  const used =
    hkid === first || [...machine.tds.values()].some((td) => td.hkid === hkid && td.lifecycle !== 'TEARDOWN');
  if (used) return new TdxStatus('TDX_HKID_NOT_FREE', undefined, `Key number ${hkid} is in use.`);
  machine.pamt.take(tdr, 0, 'TDR', tdr);
  machine.tds.set(tdr, new Td(tdr, hkid));
  return TDX_SUCCESS;
}

/** TDH.MNG.KEY.CONFIG, once on each package: a random key that nobody outside the processor knows. */
export function keyConfig(machine: TdxMachine, tdr: number, pkg: number): TdxStatus {
  const td = machine.root(tdr, 'RCX');
  if (td instanceof TdxStatus) return td;
  if (td.fatal) return fatal();
  if (td.lifecycle !== 'HKID_ASSIGNED') return wrongStage(td, 'HKID_ASSIGNED');
  if (td.configured.has(pkg)) {
    return new TdxStatus('TDX_KEY_CONFIGURED', undefined, 'The key is programmed on this package already.');
  }
  td.configured.add(pkg);
  if (td.configured.size === machine.packages) td.lifecycle = 'KEYS_CONFIGURED';
  return TDX_SUCCESS;
}

const fatal = (): TdxStatus =>
  new TdxStatus('TDX_TD_FATAL', undefined, 'A machine check hit the TD; it can only be torn down.');

const keyless = (td: Td): TdxStatus | undefined => {
  if (td.fatal) return fatal();
  if (td.lifecycle === 'KEYS_CONFIGURED') return undefined;
  return new TdxStatus(
    'TDX_TD_KEYS_NOT_CONFIGURED',
    undefined,
    `The TD has no usable key: its life cycle is ${td.lifecycle}.`,
  );
};

/** TDH.MNG.ADDCX: one more control page; the sixth completes the control structure. */
export function addCx(machine: TdxMachine, tdr: number, page: number): TdxStatus {
  const td = machine.root(tdr, 'RDX');
  if (td instanceof TdxStatus) return td;
  const wrong = keyless(td) ?? machine.pamt.checkFree(page, 0, 'RCX', tdr);
  if (wrong !== undefined) return wrong;
  if (td.op_state !== 'UNINITIALIZED') {
    return new TdxStatus('TDX_OP_STATE_INCORRECT', undefined, `The TD is ${td.op_state}.`);
  }
  machine.pamt.take(page, 0, 'TDCX', tdr);
  td.tdcx++;
  td.chldcnt++;
  return TDX_SUCCESS;
}

export interface TdParams {
  /** 0: 48 bits of guest physical address, 1: 52. */
  readonly gpaw?: Gpaw;
  /** Levels of the Secure EPT. */
  readonly ept_levels?: 4 | 5;
  /** ATTRIBUTES.SEPT_VE_DISABLE: exits instead of #VE on pages that wait for acceptance. */
  readonly sept_ve_disable?: boolean;
}

/** TDH.MNG.INIT: epoch 1, an empty tree, an open measurement. GPAW 1 needs five levels. */
export function mngInit(machine: TdxMachine, tdr: number, params: TdParams): TdxStatus {
  const td = machine.ready(tdr, 'MNG.INIT', 'RCX');
  if (td instanceof TdxStatus) return td;
  const { gpaw = 0, ept_levels = 4, sept_ve_disable = false } = params;
  if (gpaw === 1 && ept_levels === 4) {
    return new TdxStatus('TDX_OPERAND_INVALID', undefined, 'Four levels reach 48 bits; GPAW 1 needs five.');
  }
  td.gpaw = gpaw;
  td.sept_ve_disable = sept_ve_disable;
  td.sept = new Sept(ept_levels);
  td.epochs.epoch = 1;
  td.op_state = 'INITIALIZED';
  return TDX_SUCCESS;
}

/** TDH.VP.CREATE: a virtual CPU with its root page. */
export function vpCreate(machine: TdxMachine, tdr: number, page: number): TdxStatus {
  const td = machine.ready(tdr, 'VP.CREATE');
  if (td instanceof TdxStatus) return td;
  const wrong = machine.pamt.checkFree(page, 0, 'RCX', tdr);
  if (wrong !== undefined) return wrong;
  machine.pamt.take(page, 0, 'TDVPR', tdr);
  td.chldcnt++;
  td.vcpus++;
  return TDX_SUCCESS;
}

/** TDH.MR.EXTEND: 256 bytes of a page that is mapped, and their address, are measured. */
export function mrExtend(machine: TdxMachine, tdr: number, gpa: number): TdxStatus {
  const td = machine.ready(tdr, 'MR.EXTEND');
  if (td instanceof TdxStatus) return td;
  if (gpa % CHUNK !== 0)
    return new TdxStatus('TDX_OPERAND_INVALID', 'RCX', `The address is not a multiple of ${CHUNK}.`);
  const wrong = machine.checkGpa(td, gpa - (gpa % 4096), 0, [0, 0]);
  if (wrong !== undefined) return wrong;
  const { entry, level } = (td.sept as Sept).walk(gpa, 0);
  if (entry.state !== 'MAPPED') {
    return new TdxStatus(
      'TDX_EPT_ENTRY_NOT_PRESENT',
      'RCX',
      `The entry at level ${level} is ${entry.state}, not MAPPED.`,
    );
  }
  const at = (entry.hpa as number) + (gpa % (4096 * levelPages(level)));
  td.measurement.extend(gpa, machine.frame(at - (at % 4096)).read(at % 4096, CHUNK));
  return TDX_SUCCESS;
}

/** TDH.MR.FINALIZE: the measurement is MRTD from now on, and the TD may run. */
export function mrFinalize(machine: TdxMachine, tdr: number): TdxStatus {
  const td = machine.ready(tdr, 'MR.FINALIZE', 'RCX');
  if (td instanceof TdxStatus) return td;
  if (td.vcpus < 1) return new TdxStatus('TDX_NO_VCPUS', undefined, 'A TD needs a virtual CPU before it is finalized.');
  td.measurement.close();
  td.op_state = 'RUNNABLE';
  return TDX_SUCCESS;
}

/** TDH.VP.FLUSH: no processor keeps state of this virtual CPU any more. */
export function vpFlush(machine: TdxMachine, tdr: number, vcpu: number): TdxStatus {
  const td = machine.root(tdr, 'RCX');
  if (td instanceof TdxStatus) return td;
  if (td.epochs.isInside(vcpu)) return new TdxStatus('TDX_OPERAND_BUSY', 'RCX', 'The virtual CPU is inside the guest.');
  if (!td.associated.delete(vcpu)) {
    return new TdxStatus('TDX_VCPU_NOT_ASSOCIATED', undefined, 'No processor has state of this virtual CPU.');
  }
  return TDX_SUCCESS;
}

/** TDH.MNG.VPFLUSHDONE: the key cannot be used any more; no call on the TD's memory goes through from here on. */
export function vpFlushDone(machine: TdxMachine, tdr: number): TdxStatus {
  const td = machine.root(tdr, 'RCX');
  if (td instanceof TdxStatus) return td;
  if (td.lifecycle !== 'KEYS_CONFIGURED' && td.lifecycle !== 'HKID_ASSIGNED') return wrongStage(td, 'KEYS_CONFIGURED');
  if (td.associated.size > 0) {
    const why = `${counted(td.associated.size)} still associated with a processor.`;
    return new TdxStatus('TDX_FLUSHVP_NOT_DONE', undefined, why);
  }
  td.lifecycle = 'BLOCKED';
  return TDX_SUCCESS;
}

/** TDH.PHYMEM.CACHE.WB, once on each package: lines of keys that are being given up go to memory. */
export function cacheWb(machine: TdxMachine, pkg: number): TdxStatus {
  const waiting = [...machine.tds.values()].filter((td) => td.lifecycle === 'BLOCKED' && !td.written.has(pkg));
  if (waiting.length === 0) {
    return new TdxStatus('TDX_NO_HKID_READY_TO_WBCACHE', undefined, 'No key number waits for a write-back.');
  }
  for (const td of waiting) td.written.add(pkg);
  return TDX_SUCCESS;
}

/** TDH.MNG.KEY.FREEID: the key number is free for another TD; the pages are still this TD's. */
export function keyFreeId(machine: TdxMachine, tdr: number): TdxStatus {
  const td = machine.root(tdr, 'RCX');
  if (td instanceof TdxStatus) return td;
  if (td.lifecycle !== 'BLOCKED') return wrongStage(td, 'BLOCKED');
  if (td.written.size < machine.packages) {
    const why = 'The caches of a package were not written back since the key was blocked.';
    return new TdxStatus('TDX_WBCACHE_NOT_COMPLETE', undefined, why);
  }
  td.lifecycle = 'TEARDOWN';
  return TDX_SUCCESS;
}

/** TDH.PHYMEM.PAGE.RECLAIM: a page of a TD that is torn down goes back to the host. No order but one: the root page is last. */
export function pageReclaim(machine: TdxMachine, page: number): TdxStatus {
  const leaf = owned(machine, page, 'RCX');
  if (leaf instanceof TdxStatus) return leaf;
  const { entry, level, base } = leaf;
  if (page !== base) return new TdxStatus('TDX_OPERAND_INVALID', 'RCX', 'The address is not that of the whole page.');
  const td = machine.tds.get(entry.owner) as Td;
  if (td.lifecycle !== 'TEARDOWN') return wrongStage(td, 'TEARDOWN');
  const details = { page_type: entry.type as string, owner: entry.owner };
  if (entry.type === 'TDR') {
    if (td.chldcnt > 0) {
      return new TdxStatus('TDX_TD_ASSOCIATED_PAGES_EXIST', undefined, `${td.chldcnt} pages still belong to the TD.`);
    }
    machine.tds.delete(page);
  } else {
    td.chldcnt -= levelPages(level);
  }
  machine.pamt.free(base, level);
  return new TdxStatus('TDX_SUCCESS', undefined, '', details);
}

function owned(machine: TdxMachine, page: number, operand: TdxOperand) {
  const wrong = machine.pamt.checkAddress(page, 0, operand);
  if (wrong !== undefined) return wrong;
  const leaf = machine.pamt.find(page);
  if (leaf === undefined) {
    return new TdxStatus('TDX_PAGE_METADATA_INCORRECT', operand, 'The page belongs to nobody.');
  }
  return leaf;
}

/** TDH.PHYMEM.PAGE.WBINVD: cache lines of a page that was given back, under the key that it had, go to memory. */
export function pageWbinvd(machine: TdxMachine, page: number): TdxStatus {
  const wrong = machine.pamt.checkAddress(page, 0, 'RCX');
  if (wrong !== undefined) return wrong;
  const type: PageType = machine.pamt.typeOf(page);
  if (type === 'NDA') return TDX_SUCCESS;
  return new TdxStatus('TDX_PAGE_METADATA_INCORRECT', 'RCX', `The page is in use as ${type}.`);
}

/** TDH.PHYMEM.PAGE.RDMD: what the table of metadata says of a page. */
export function pageRdmd(machine: TdxMachine, page: number): TdxStatus {
  const wrong = machine.pamt.checkAddress(page, 0, 'RCX');
  if (wrong !== undefined) return wrong;
  const leaf = machine.pamt.find(page);
  const details = {
    page_type: leaf?.entry.type ?? 'NDA',
    ...(leaf === undefined ? {} : { owner: leaf.entry.owner, level: leaf.level }),
  };
  return new TdxStatus('TDX_SUCCESS', undefined, '', details);
}

/**
 * Five ways to tell the function that writes an entry whether the entry is in a mirror: the list of Isaku Yamahata
 * (20240516172703.GK168153@ls.amr.corp.intel.com), each as small as it can be run. The same walk for all of them.
 */
import { gpa_to_gfn, kvm_is_addr_direct } from '../../kvm/tdp/address.ts';
import type { TdpMmu } from '../../kvm/tdp/mmu.ts';
import type { MmuPage } from '../../kvm/tdp/page.ts';
import { PAGE } from '../../units.ts';
import { PATHS, type Parameter, type Path } from './walk.ts';

/** A fault as far as the debate needs it (struct kvm_page_fault). */
export interface Fault {
  readonly addr: number;
  readonly is_private: boolean;
  /** Made up for a walk that no guest access began. */
  readonly fake: boolean;
}

/** What is known where a walk begins, and what arrives where the entry is written. */
export interface Known {
  /** The page that holds the entry. */
  readonly sp: MmuPage;
  /** Guest frame number, as the walk has it. */
  readonly gfn: number;
  readonly fault?: Fault | undefined;
  /** The member that one proposal adds to struct tdp_iter. */
  readonly iter?: { readonly is_mirror: boolean } | undefined;
  readonly is_mirror?: boolean | undefined;
}

export interface Carrier {
  readonly name: string;
  /** Passed from function to function; otherwise it is read off the entry where that is written. */
  readonly carried: boolean;
  /** A function that has one of these needs no new parameter. */
  readonly rides: readonly Parameter[];
  /** What else has to be changed or made, in words. */
  readonly cost: string;
  /** Prepares a walk that begins without a fault, by walking `root`. */
  readonly zap: (known: Known, root: MmuPage) => Known;
  /** Prepares a walk that begins with a fault. */
  readonly begin: (known: Known, root: MmuPage) => Known;
  /** Is the entry in a mirror? */
  readonly decide: (mmu: TdpMmu, known: Known) => boolean | undefined;
}

const same = (known: Known): Known => known;

export const PASS_THE_FAULT: Carrier = {
  name: 'pass the fault',
  carried: true,
  rides: ['fault'],
  cost: 'a made-up fault for every zap',
  begin: same,
  zap: (known, root) => ({ ...known, fault: { addr: known.gfn * PAGE, is_private: root.role.is_mirror, fake: true } }),
  decide: (_mmu, { fault }) => fault?.is_private,
};

export const IN_THE_ITERATOR: Carrier = {
  name: 'in struct tdp_iter',
  carried: true,
  rides: ['iter'],
  cost: 'a member of struct tdp_iter',
  begin: (known, root) => ({ ...known, iter: { is_mirror: root.role.is_mirror } }),
  zap: (known, root) => ({ ...known, iter: { is_mirror: root.role.is_mirror } }),
  decide: (_mmu, { iter }) => iter?.is_mirror,
};

export const PASS_A_FLAG: Carrier = {
  name: 'pass a flag',
  carried: true,
  rides: ['is_mirror'],
  cost: 'no member of any structure',
  begin: (known, root) => ({ ...known, is_mirror: root.role.is_mirror }),
  zap: (known, root) => ({ ...known, is_mirror: root.role.is_mirror }),
  decide: (_mmu, { is_mirror }) => is_mirror,
};

export const IN_THE_PAGE_ROLE: Carrier = {
  name: 'in kvm_mmu_page.role',
  carried: false,
  rides: ['iter', 'sptep', 'pt'],
  cost: 'a second kind of root to allocate',
  begin: same,
  zap: same,
  decide: (_mmu, { sp }) => sp.role.is_mirror,
};

export const FROM_THE_GFN: Carrier = {
  name: 'from the gfn',
  carried: false,
  rides: ['iter', 'gfn', 'pt'],
  cost: 'a guest frame number that keeps its shared bit wherever it goes',
  begin: same,
  zap: same,
  decide: (mmu, { gfn }) => !kvm_is_addr_direct(mmu, gfn * PAGE),
};

export const CARRIERS: readonly Carrier[] = [
  PASS_THE_FAULT,
  IN_THE_ITERATOR,
  PASS_A_FLAG,
  IN_THE_PAGE_ROLE,
  FROM_THE_GFN,
];

/**
 * The functions that get a parameter which they did not have, each named once. What is read off the entry itself is needed
 * only where the entry is written; what is carried has to pass through every function on the way there, from the first that
 * knows the root or the fault.
 */
export function touched(carrier: Carrier, paths: readonly Path[] = PATHS): string[] {
  const found = new Set<string>();
  const enough = (has: readonly Parameter[], also: readonly Parameter[]) =>
    has.some((parameter) => carrier.rides.includes(parameter) || also.includes(parameter));
  for (const { steps } of paths) {
    // The outermost function knows by itself; a made-up fault is made there.
    const way = carrier.carried ? steps.slice(1) : steps.slice(-1);
    const known: readonly Parameter[] = carrier === PASS_THE_FAULT ? [] : ['root', 'fault'];
    for (const { name, has } of way) if (!enough(has, known)) found.add(name);
  }
  return [...found];
}

/** What the function that writes the entry does: call the owner of the external table, store, or not know. */
export type Outcome = 'hook' | 'store' | 'cannot tell';

/**
 * A fault at an address, carried down to where the entry is written. Guest frame numbers keep the shared bit, as in the series
 * of that time.
 */
export function atFault(carrier: Carrier, mmu: TdpMmu, gpa: number): Outcome {
  const root = mmu.tdp_mmu_get_root_for_fault(gpa);
  const is_private = root.role.is_mirror;
  const known = { sp: root, gfn: Math.floor(gpa / PAGE), fault: { addr: gpa, is_private, fake: false } };
  return outcome(carrier.decide(mmu, carrier.begin(known, root)));
}

/**
 * A slot's range is taken out of one root. A slot's guest frame number never has the shared bit. `help` allows the proposal
 * what it asks for beside its parameter: a made-up fault, the bit put back.
 */
export function atZap(carrier: Carrier, mmu: TdpMmu, root: MmuPage, gpa: number, help = true): Outcome {
  const clean = gpa_to_gfn(mmu, gpa);
  const gfn = help && carrier === FROM_THE_GFN && !root.role.is_mirror ? clean + mmu.gfn_direct_bits : clean;
  const known = { sp: root, gfn };
  return outcome(carrier.decide(mmu, help ? carrier.zap(known, root) : known));
}

const outcome = (mirror: boolean | undefined): Outcome => {
  if (mirror === undefined) return 'cannot tell';
  return mirror ? 'hook' : 'store';
};

/** True for a carrier that answers right for a zap of both roots, without and with what it asks for. */
export function survivesZap(carrier: Carrier, mmu: TdpMmu, help: boolean): boolean {
  const { mirror, direct } = mmu;
  if (mirror === undefined) return atZap(carrier, mmu, direct, 0, help) === 'store';
  return atZap(carrier, mmu, mirror, 0, help) === 'hook' && atZap(carrier, mmu, direct, 0, help) === 'store';
}

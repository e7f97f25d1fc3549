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
  /** Puts on the walk what the carrier carries, taken from the root that is walked. */
  readonly begin: (known: Known, root: MmuPage) => Known;
  /** What else has to be made up at a zap: a fault, or the bit that a slot's frame numbers lack. */
  readonly makeUp?: (known: Known, root: MmuPage, mmu: TdpMmu) => Known;
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
  makeUp: (known, root) => ({
    ...known,
    fault: { addr: known.gfn * PAGE, is_private: root.role.is_mirror, fake: true },
  }),
  decide: (_mmu, { fault }) => fault?.is_private,
};

export const IN_THE_ITERATOR: Carrier = {
  name: 'in struct tdp_iter',
  carried: true,
  rides: ['iter'],
  cost: 'a member of struct tdp_iter',
  begin: (known, root) => ({ ...known, iter: { is_mirror: root.role.is_mirror } }),
  decide: (_mmu, { iter }) => iter?.is_mirror,
};

export const PASS_A_FLAG: Carrier = {
  name: 'pass a flag',
  carried: true,
  rides: ['is_mirror'],
  cost: 'no member of any structure',
  begin: (known, root) => ({ ...known, is_mirror: root.role.is_mirror }),
  decide: (_mmu, { is_mirror }) => is_mirror,
};

export const IN_THE_PAGE_ROLE: Carrier = {
  name: 'in kvm_mmu_page.role',
  carried: false,
  rides: ['iter', 'sptep', 'pt'],
  cost: 'a second kind of root to allocate',
  begin: same,
  decide: (_mmu, { sp }) => sp.role.is_mirror,
};

export const FROM_THE_GFN: Carrier = {
  name: 'from the gfn',
  carried: false,
  rides: ['iter', 'gfn', 'pt'],
  cost: 'a guest frame number that keeps its shared bit wherever it goes',
  begin: same,
  makeUp: (known, root, mmu) => (root.role.is_mirror ? known : { ...known, gfn: known.gfn + mmu.gfn_direct_bits }),
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
 * A slot's range is taken out of one root. A slot's guest frame number never has the shared bit. `madeUp` allows what
 * two of the proposals need beside their parameter: a fault that nobody had, the bit put back.
 */
export function atZap(carrier: Carrier, mmu: TdpMmu, root: MmuPage, gpa: number, madeUp = true): Outcome {
  const known = carrier.begin({ sp: root, gfn: gpa_to_gfn(mmu, gpa) }, root);
  return outcome(carrier.decide(mmu, madeUp ? (carrier.makeUp?.(known, root, mmu) ?? known) : known));
}

const outcome = (mirror: boolean | undefined): Outcome => {
  if (mirror === undefined) return 'cannot tell';
  return mirror ? 'hook' : 'store';
};

/** True for a carrier that answers right for a zap of both roots; `madeUp` as in atZap. */
export function survivesZap(carrier: Carrier, mmu: TdpMmu, madeUp: boolean): boolean {
  const { mirror, direct } = mmu;
  if (mirror === undefined) return atZap(carrier, mmu, direct, 0, madeUp) === 'store';
  return atZap(carrier, mmu, mirror, 0, madeUp) === 'hook' && atZap(carrier, mmu, direct, 0, madeUp) === 'store';
}

/**
 * The states of a Secure-EPT entry and the calls that each state lets through, as tables.
 *
 * Source: include/auto_gen/sept_state_lookup.{c,h} of intel/tdx-module 1.5.01 (72d8cffb214b). Of the sixteen states seven matter
 * to a TD that is not migrated; the other nine are named, so that the table is whole, and no call here makes them.
 */

/** What a state means for the guest and for TLB tracking. */
export interface SeptStateRule {
  /** The number that calls return. */
  readonly arch_state: number;
  /** The bits of the entry that spell the state. */
  readonly encoding: number;
  readonly any_blocked: boolean;
  readonly any_pending: boolean;
  readonly guest_acceptable: boolean;
  readonly guest_accessible_leaf: boolean;
  readonly guest_fully_accessible_leaf: boolean;
  readonly tlb_tracking_required: boolean;
}

type Flag = 'blocked' | 'pending' | 'acceptable' | 'accessible' | 'full' | 'tracked';

const rule = (arch_state: number, encoding: number, ...flags: readonly Flag[]): SeptStateRule => ({
  arch_state,
  encoding,
  any_blocked: flags.includes('blocked'),
  any_pending: flags.includes('pending'),
  guest_acceptable: flags.includes('acceptable'),
  guest_accessible_leaf: flags.includes('accessible'),
  guest_fully_accessible_leaf: flags.includes('full'),
  tlb_tracking_required: flags.includes('tracked'),
});

/** In the order of the module's own table. */
export const SEPT_STATES = {
  FREE: rule(0, 14),
  REMOVED: rule(5, 12),
  NL_MAPPED: rule(132, 0, 'tracked'),
  NL_BLOCKED: rule(129, 8, 'blocked', 'tracked'),
  MAPPED: rule(4, 96, 'accessible', 'full', 'tracked'),
  BLOCKED: rule(1, 104, 'blocked', 'tracked'),
  BLOCKEDW: rule(8, 100, 'accessible', 'tracked'),
  EXPORTED_BLOCKEDW: rule(9, 102, 'accessible'),
  EXPORTED_DIRTY: rule(11, 99, 'accessible', 'full', 'tracked'),
  EXPORTED_DIRTY_BLOCKEDW: rule(12, 103, 'accessible', 'tracked'),
  PENDING: rule(2, 112, 'pending', 'acceptable', 'tracked'),
  PENDING_BLOCKED: rule(3, 120, 'blocked', 'pending', 'tracked'),
  PENDING_BLOCKEDW: rule(16, 116, 'pending', 'tracked'),
  PENDING_EXPORTED_BLOCKEDW: rule(17, 118, 'pending'),
  PENDING_EXPORTED_DIRTY: rule(19, 115, 'pending', 'acceptable', 'tracked'),
  PENDING_EXPORTED_DIRTY_BLOCKEDW: rule(20, 119, 'pending', 'tracked'),
} as const;

export type SeptState = keyof typeof SEPT_STATES;

export const SEPT_STATE_NAMES = Object.keys(SEPT_STATES) as SeptState[];

/** The seven states of a TD that is not migrated. */
export const LIVE_STATES = [
  'FREE',
  'NL_MAPPED',
  'NL_BLOCKED',
  'MAPPED',
  'BLOCKED',
  'PENDING',
  'PENDING_BLOCKED',
] as const satisfies readonly SeptState[];

/** True for an entry that points to a page of guest memory. */
export const isLeaf = (state: SeptState): boolean =>
  state !== 'FREE' && state !== 'REMOVED' && state !== 'NL_MAPPED' && state !== 'NL_BLOCKED';

/** What TDH.MEM.RANGE.BLOCK makes of a state; TDH.MEM.RANGE.UNBLOCK is the way back. */
export const BLOCKED_FORM: Partial<Record<SeptState, SeptState>> = {
  NL_MAPPED: 'NL_BLOCKED',
  MAPPED: 'BLOCKED',
  PENDING: 'PENDING_BLOCKED',
};

/** The state without the block; of a state that is not blocked, itself. */
export function unblocked(state: SeptState): SeptState {
  for (const [open, blocked] of Object.entries(BLOCKED_FORM)) if (blocked === state) return open as SeptState;
  return state;
}

const EXPORTED = ['EXPORTED_BLOCKEDW', 'EXPORTED_DIRTY', 'EXPORTED_DIRTY_BLOCKEDW'] as const;
const PENDING_EXPORTED = [
  'PENDING_EXPORTED_BLOCKEDW',
  'PENDING_EXPORTED_DIRTY',
  'PENDING_EXPORTED_DIRTY_BLOCKEDW',
] as const;
const BLOCKABLE: readonly SeptState[] = ['NL_MAPPED', 'MAPPED', 'BLOCKEDW', 'PENDING', 'PENDING_BLOCKEDW'];

/**
 * Which states pass a call's state check. Other checks may still refuse it. The rows of twelve calls were run on 1.5.01; those of
 * MEM.PAGE.RELOCATE, MEM.WR, MEM.PAGE.DEMOTE, MR.EXTEND, MEM.SEPT.REMOVE, MEM.RANGE.UNBLOCK, EXPORT.RESTORE, IMPORT.MEM and of a
 * page's attributes were read in a later state of that file (92f6945d3621).
 */
export const STATES_BY_CALL: Readonly<Record<string, readonly SeptState[]>> = {
  'MEM.PAGE.ADD': ['FREE'],
  // NL_MAPPED only for the tables of nested VMs; a call that adds an ordinary table there is refused all the same.
  'MEM.SEPT.ADD': ['FREE', 'NL_MAPPED'],
  'MEM.PAGE.RELOCATE': [
    'MAPPED',
    'BLOCKED',
    'BLOCKEDW',
    ...EXPORTED,
    'PENDING',
    'PENDING_BLOCKED',
    'PENDING_BLOCKEDW',
    ...PENDING_EXPORTED,
  ],
  'MEM.PAGE.AUG': ['FREE', 'REMOVED'],
  'MEM.RANGE.BLOCK': BLOCKABLE,
  'MEM.RD': ['MAPPED', 'BLOCKEDW', ...EXPORTED],
  'MEM.WR': ['MAPPED', 'EXPORTED_DIRTY'],
  'MEM.PAGE.DEMOTE': ['MAPPED', 'BLOCKED', 'PENDING', 'PENDING_BLOCKED'],
  'MR.EXTEND': ['MAPPED'],
  'MEM.PAGE.PROMOTE': ['NL_MAPPED', 'NL_BLOCKED'],
  'MEM.SEPT.RD': SEPT_STATE_NAMES,
  'MEM.PAGE.REMOVE': ['MAPPED', 'BLOCKED', 'BLOCKEDW', 'PENDING', 'PENDING_BLOCKED', 'PENDING_BLOCKEDW'],
  'MEM.SEPT.REMOVE': ['NL_MAPPED', 'NL_BLOCKED'],
  'MEM.RANGE.UNBLOCK': ['NL_BLOCKED', 'BLOCKED', 'PENDING_BLOCKED'],
  'EXPORT.BLOCKW': ['MAPPED', 'EXPORTED_DIRTY', 'PENDING', 'PENDING_EXPORTED_DIRTY'],
  'EXPORT.RESTORE': [...EXPORTED, ...PENDING_EXPORTED],
  'EXPORT.MEM': ['MAPPED', 'BLOCKEDW', ...EXPORTED, 'PENDING', 'PENDING_BLOCKEDW', ...PENDING_EXPORTED],
  'EXPORT.UNBLOCKW': [
    'BLOCKEDW',
    'EXPORTED_BLOCKEDW',
    'EXPORTED_DIRTY_BLOCKEDW',
    'PENDING_BLOCKEDW',
    'PENDING_EXPORTED_BLOCKEDW',
    'PENDING_EXPORTED_DIRTY_BLOCKEDW',
  ],
  'IMPORT.MEM': ['FREE', 'REMOVED', 'MAPPED', 'PENDING'],
  'TDG.MEM.PAGE.ACCEPT': ['PENDING', 'PENDING_EXPORTED_DIRTY'],
  'TDG.MEM.PAGE.ATTR.RD': ['MAPPED', 'BLOCKEDW', ...EXPORTED, 'PENDING', 'PENDING_BLOCKEDW', ...PENDING_EXPORTED],
  'TDG.MEM.PAGE.ATTR.WR': ['MAPPED', 'EXPORTED_DIRTY', 'PENDING', 'PENDING_EXPORTED_DIRTY'],
};

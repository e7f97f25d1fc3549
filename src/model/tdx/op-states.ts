/**
 * The states of a TD: its life cycle, and the operation state inside it, with the calls that each operation state lets through.
 *
 * Source: include/auto_gen/op_state_lookup.c of intel/tdx-module 1.5.01 (72d8cffb214b), the calls of a TD that is not migrated
 * run, the rest read in a later state of that file (92f6945d3621).
 */

/** Where a TD stands between TDH.MNG.CREATE and the reclaim of its root page. */
export const LIFECYCLE = ['HKID_ASSIGNED', 'KEYS_CONFIGURED', 'BLOCKED', 'TEARDOWN'] as const;
export type Lifecycle = (typeof LIFECYCLE)[number];

/** Operation states, in the order of the module's table. */
export const OP_STATES = [
  'UNINITIALIZED',
  'INITIALIZED',
  'RUNNABLE',
  'LIVE_EXPORT',
  'PAUSED_EXPORT',
  'POST_EXPORT',
  'MEMORY_IMPORT',
  'STATE_IMPORT',
  'POST_IMPORT',
  'LIVE_IMPORT',
  'FAILED_IMPORT',
] as const;
export type OpState = (typeof OP_STATES)[number];

/** In these the guest may be running: what is taken away must be blocked and tracked first. */
export const TRACKING_REQUIRED: readonly OpState[] = ['RUNNABLE', 'LIVE_EXPORT', 'LIVE_IMPORT'];

/** One character for each operation state, as in the table: `1` where the call is accepted. */
const rows: Readonly<Record<string, string>> = {
  'VP.ENTER': '00110000010',
  'MNG.ADDCX': '10000000000',
  'MEM.PAGE.ADD': '01000000000',
  'MEM.SEPT.ADD': '01110011110',
  'VP.ADDCX': '01000001000',
  'MEM.PAGE.RELOCATE': '01111100110',
  'MEM.PAGE.AUG': '01110000010',
  'MEM.RANGE.BLOCK': '01111100110',
  'VP.CREATE': '01000001000',
  'MNG.RD': '01111111111',
  'MEM.RD': '01111111111',
  'MNG.WR': '01110011111',
  'MEM.WR': '01110011111',
  'MEM.PAGE.DEMOTE': '01111100110',
  'MR.EXTEND': '01000000000',
  'MR.FINALIZE': '01000000000',
  'VP.FLUSH': '11111111111',
  'MNG.INIT': '10000000000',
  'VP.INIT': '01000000000',
  'MEM.PAGE.PROMOTE': '01111100110',
  'MEM.SEPT.RD': '01111111111',
  'VP.RD': '01111111111',
  'MEM.PAGE.REMOVE': '01111100111',
  'MEM.SEPT.REMOVE': '01111111111',
  'MEM.TRACK': '01111111110',
  'MEM.RANGE.UNBLOCK': '01111100110',
  'VP.WR': '01110011111',
  'SERVTD.BIND': '11110000110',
  'SERVTD.PREBIND': '11000000000',
  'EXPORT.ABORT': '00011100000',
  'EXPORT.BLOCKW': '00010000000',
  'EXPORT.RESTORE': '00100000000',
  'EXPORT.MEM': '00011100000',
  'EXPORT.PAUSE': '00010000000',
  'EXPORT.TRACK': '00011000000',
  'EXPORT.STATE.IMMUTABLE': '00100000010',
  'EXPORT.STATE.TD': '00001000000',
  'EXPORT.STATE.VP': '00001000000',
  'EXPORT.UNBLOCKW': '00111100000',
  'IMPORT.ABORT': '00000011101',
  'IMPORT.END': '00000000110',
  'IMPORT.COMMIT': '00000000100',
  'IMPORT.MEM': '00000011110',
  'IMPORT.TRACK': '00000011000',
  'IMPORT.STATE.IMMUTABLE': '10000000000',
  'IMPORT.STATE.TD': '00000010000',
  'IMPORT.STATE.VP': '00000001000',
  'MIG.STREAM.CREATE': '11100000000',
};

/** The operation states in which a call is accepted. */
export const OP_STATES_BY_CALL: Readonly<Record<string, readonly OpState[]>> = Object.fromEntries(
  Object.entries(rows).map(([call, row]) => [call, OP_STATES.filter((_, index) => row[index] === '1')]),
);

/** The tables of states are the module's: compared with the companions of the vectors, and with each other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LIVE_STATES, SEPT_STATE_NAMES, SEPT_STATES, STATES_BY_CALL, unblocked } from './sept-states.ts';

const { states } = JSON.parse(readFileSync('content/evidence/tdx_sept/states.json', 'utf8')) as {
  states: { state: string }[];
};

test('sixteen states with numbers, encodings and flags', () => {
  const own = SEPT_STATE_NAMES.map((state) => ({ state, ...SEPT_STATES[state] }));
  const byName = (list: readonly { state: string }[]) => [...list].sort((a, b) => (a.state < b.state ? -1 : 1));
  assert.deepEqual(byName(own), byName(states));
});

test('block and unblock are inverse in the seven live states', () => {
  const blockable = STATES_BY_CALL['MEM.RANGE.BLOCK']?.filter((state) =>
    (LIVE_STATES as readonly string[]).includes(state),
  );
  const back = (STATES_BY_CALL['MEM.RANGE.UNBLOCK'] ?? []).map(unblocked);
  assert.deepEqual([...back].sort(), [...(blockable ?? [])].sort());
  for (const state of STATES_BY_CALL['MEM.RANGE.UNBLOCK'] ?? []) assert.ok(SEPT_STATES[state].any_blocked, state);
});

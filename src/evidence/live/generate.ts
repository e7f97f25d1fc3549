/** Random sequences of operations. A sequence follows from seed, number and what is offered alone. */
import { PAGE } from '../../model/index.ts';
import { create, type Offer } from './create-steps.ts';
import { Draft, type Weighted } from './draft.ts';
import {
  allocate,
  chmod,
  close,
  copyRange,
  dup,
  plain,
  pread,
  pwrite,
  read,
  reopen,
  sameInode,
  seal,
  seek,
  sendfile,
  truncate,
  write,
} from './file-steps.ts';
import { guestSequence } from './guest-steps.ts';
import { MEMORY, mapWhole } from './memory-steps.ts';
import type { Question } from './protocol.ts';
import { Random } from './random.ts';

/** Sequence `index` of a seed. */
export function generate(seed: number, index: number, offer: Offer): Question[] {
  const random = new Random(seed, index);
  const draft = new Draft(random);
  if (random.once(4) && offer.guest) {
    guestSequence(draft);
    return draft.steps;
  }
  const secret = random.once(8) && offer.secret;
  create(draft, secret ? 'memfd_secret' : undefined, offer);
  const makers = secret ? SECRET : MEMFD;
  const steps = 3 + random.below(random.once(4) ? 28 : 12);
  for (let step = 0; step < steps; step++) one(draft, makers, offer);
  return draft.steps;
}

/** One more step; now and then none, where there is nothing to do it with. */
function one(draft: Draft, makers: Weighted, offer: Offer): void {
  const { random } = draft;
  if (random.once(18) && !draft.inChild) child(draft, makers, offer);
  else if (random.once(30)) create(draft, random.once(5) && offer.secret ? 'memfd_secret' : undefined, offer);
  else random.weighted(makers)(draft);
}

function child(draft: Draft, makers: Weighted, offer: Offer): void {
  const { random } = draft;
  const inner = new Draft(random, draft);
  const pidns = random.once(3) && offer.pidns;
  if (pidns) {
    for (let i = 0; i < 2; i++) {
      if (random.once(2)) inner.add('sysctl_memfd_noexec_set', { value: random.pick([0, 1, 2, 2, 3, -1]) });
      inner.add('sysctl_memfd_noexec_get');
      create(inner, 'memfd', offer);
    }
  } else if (random.once(4) && offer.drop) {
    inner.add('become_unprivileged', { memlock: random.pick([0, PAGE, 2 * PAGE, 8 * PAGE]) });
  }
  const steps = 1 + random.below(6);
  for (let step = 0; step < steps; step++) one(inner, makers, offer);
  draft.add(pidns ? 'new_pidns_child' : 'fork_child', {}, inner.steps);
}

const MEMFD: Weighted = [
  ...MEMORY,
  [6, mapWhole],
  [9, truncate],
  [8, allocate],
  [8, seal],
  [9, pwrite],
  [5, write],
  [7, pread],
  [4, read],
  [6, seek],
  [3, plain('fstat')],
  [3, plain('fcntl_get_seals')],
  [1, plain('fcntl_getfd')],
  [1, plain('fcntl_getfl_access')],
  [2, chmod],
  [4, reopen],
  [2, dup],
  [2, close],
  [1, sameInode],
  [3, sendfile],
  [3, copyRange],
];

const SECRET: Weighted = [
  ...MEMORY,
  ...MEMORY,
  [10, mapWhole],
  [6, truncate],
  [2, allocate],
  [1, seal],
  [2, pwrite],
  [1, write],
  [1, pread],
  [1, read],
  [1, seek],
  [2, plain('fstat')],
  [1, plain('fcntl_get_seals')],
  [1, plain('fcntl_getfd')],
  [1, chmod],
  [1, reopen],
  [1, dup],
  [1, close],
  [1, sendfile],
  [1, copyRange],
];

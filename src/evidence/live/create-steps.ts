/** Files: memfd_create, memfd_secret and files of a tmpfs, with flags that are right most of the time. */
import {
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  MFD_EXEC,
  MFD_HUGETLB,
  MFD_NOEXEC_SEAL,
  O_CLOEXEC,
} from '../../model/index.ts';
import type { Draft, DraftFile } from './draft.ts';

export interface Offer {
  readonly secret: boolean;
  /** A PID namespace can be made, and vm.memfd_noexec set in it. */
  readonly pidns: boolean;
  /** Root can be dropped. */
  readonly drop: boolean;
  /** /dev/shm takes unnamed files. */
  readonly tmpfs: boolean;
  /** No huge page is reserved, as in the model. */
  readonly huge: boolean;
  /** KVM makes guest_memfd files that can be mapped. */
  readonly guest: boolean;
}

const GOOD_FLAGS = [MFD_ALLOW_SEALING, MFD_ALLOW_SEALING, MFD_ALLOW_SEALING, 0, MFD_NOEXEC_SEAL, MFD_EXEC] as const;

/** A new file of the wanted kind; `undefined`: a memfd, or now and then another file. */
export function create(draft: Draft, wanted: 'memfd' | 'memfd_secret' | undefined, offer: Offer): void {
  const { random } = draft;
  const out = draft.name('f');
  const keep = (kind: DraftFile['kind']): void => {
    draft.fds.push({ name: out, file: { kind, size: 0n } });
  };
  if (wanted === 'memfd_secret') {
    const flags = random.weighted<number>([
      [6, 0],
      [2, O_CLOEXEC],
      [1, random.below(64)],
    ]);
    draft.add('memfd_secret', { flags, out });
    keep('memfd_secret');
    return;
  }
  if (wanted === undefined && random.once(12) && offer.tmpfs) {
    draft.add('open_tmpfs_file', { out });
    keep('tmpfs');
    return;
  }
  const wish = random.weighted<number>([
    [12, random.pick(GOOD_FLAGS)],
    [3, random.pick(GOOD_FLAGS) | MFD_CLOEXEC],
    [2, random.below(32)],
    [1, MFD_HUGETLB | random.pick(GOOD_FLAGS)],
    [1, random.pick([0x20, 0x40, 2 ** 26, 2 ** 31, MFD_EXEC | MFD_NOEXEC_SEAL])],
  ]);
  const flags = offer.huge ? wish : wish & ~MFD_HUGETLB;
  const name = random.once(20) ? 'n'.repeat(random.pick([0, 248, 249, 250])) : 't';
  draft.add('memfd_create', { name, flags, out });
  keep((flags & MFD_HUGETLB) !== 0 ? 'hugetlb' : 'memfd');
}

/** The kernels of this proposal: one as posted, the others each with one change that was argued for in the thread. */
import { MFD_ALLOW_SEALING, MFD_CLOEXEC, MFD_HUGETLB } from '../../linux/constants.ts';
import type { Kernel, Rules } from '../../linux/kernel.ts';
import { F_SEAL_GUEST, guestSeal, MFD_GUEST, remember } from './seal.ts';
import { POSTED, type Variant } from './variant.ts';

/**
 * memfd before exec seals, as far as the diffs of RFC v2 and v3 show it: five seals, three flags. What those diffs do not
 * show (the argument above 32 bits, read-only shared mappings of write-sealed files) is as read in mm/memfd.c of the years
 * before 6.7.
 */
export const BASE: Rules = {
  seals: 0x1f,
  memfd_flags: MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB,
  seal_argument: 'EINVAL above 32 bits',
  exec_seal_implies: 'no such seal',
  shared_readonly_of_write_sealed: 'EPERM',
  noexec_2_without_flag: 'as MFD_NOEXEC_SEAL',
  noexec_2_with_exec: 'allowed',
  noexec_scope: 'only upwards',
  secretmem_limit: 'at mmap',
  secretmem_mapping: 'locked',
  write_buffer: 'before the seals',
};

/**
 * A kernel with RFC v2 of 2021-11-19 and any of the changes argued in the thread. A change that was argued in words only is
 * modelled in the nearest form that the words allow; see the doc comments of `Variant` and of the functions that use it.
 */
export function fSealGuest(changes: Partial<Variant>, name = 'a variant of F_SEAL_GUEST'): Kernel {
  const variant: Variant = { ...POSTED, ...changes };
  const flag = variant.handle === 'flag';
  return remember(
    {
      name,
      version: 'RFC v2',
      evidence: 'posting',
      source: '20211119134739.20218-1-chao.p.peng@linux.intel.com and the thread under its patch 01',
      rules: {
        ...BASE,
        ...(flag ? { memfd_flags: BASE.memfd_flags | MFD_GUEST } : { seals: BASE.seals | F_SEAL_GUEST }),
      },
      extension: guestSeal(name, variant),
    },
    variant,
  );
}

/** As posted: RFC v2 of 2021-11-19. */
export const fSealGuestV2 = fSealGuest({}, 'F_SEAL_GUEST, RFC v2 of 2021-11-19');

/** Paolo Bonzini: a callback takes a reference to the owner first. 5f6f43a1-bb4c-f498-2aba-4c93ab57fc98@gnu.org */
export const fSealGuestWithReference = fSealGuest({ callback: 'takes a reference' }, 'F_SEAL_GUEST with a reference');

/** Jason Gunthorpe: a list of users instead of one owner. 20211119194746.GM876299@ziepe.ca */
export const fSealGuestManyUsers = fSealGuest({ users: 'many' }, 'F_SEAL_GUEST with a list of users');

/** Sean Christopherson: any number of users, unless one is registered as exclusive. YZhOBD6vlkBEyq8t@google.com */
export const fSealGuestExclusive = fSealGuest(
  { users: 'many, or one exclusive' },
  'F_SEAL_GUEST with an exclusive flag',
);

/** Sean Christopherson: the guest owns its memory and grants access to others. YZgjc5x6FeBxOqbD@google.com */
export const fSealGuestAdmits = fSealGuest(
  { users: 'whom the guest admits' },
  'F_SEAL_GUEST with users the guest admits',
);

/** Jason Gunthorpe: a trap door that stops every new external access. 20211119233312.GO876299@ziepe.ca */
export const fSealTrapDoor = fSealGuest({ users: 'many', users_after_seal: 'refused' }, 'F_SEAL_GUEST as a trap door');

/** David Hildenbrand: not from a movable zone. 942e0dd6-e426-06f6-7b6c-0e80d23c27e6@redhat.com */
export const fSealGuestUnmovable = fSealGuest({ pages: 'no movable zone' }, 'F_SEAL_GUEST outside movable zones');

/** David Hildenbrand: charged like locked memory. 942e0dd6-e426-06f6-7b6c-0e80d23c27e6@redhat.com */
export const fSealGuestCharged = fSealGuest({ charge: 'who allocates' }, 'F_SEAL_GUEST, charged');

/** Andy Lutomirski: no other seal may be set. faf88ba7-cb9c-f7ec-07f5-e3971bd35a4c@kernel.org */
export const fSealGuestNoOtherSeals = fSealGuest({ other_seals: 'refused' }, 'F_SEAL_GUEST without other seals');

/** Andy Lutomirski: a flag of memfd_create instead of a seal. faf88ba7-cb9c-f7ec-07f5-e3971bd35a4c@kernel.org */
export const mfdGuest = fSealGuest({ handle: 'flag' }, 'MFD_GUEST');

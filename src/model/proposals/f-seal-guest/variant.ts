/**
 * What was posted, and what was argued: one table of choices. A difference between two kernels of this proposal is a
 * difference between two lines here.
 */

export interface Variant {
  /** How a file becomes guest memory: F_ADD_SEALS on an empty file, or a flag of memfd_create. */
  readonly handle: 'seal' | 'flag';
  /** Whether other seals may be set when F_SEAL_GUEST is added. */
  readonly other_seals: 'allowed' | 'refused';
  /**
   * How many in-kernel users may register: one owner, any number, any number unless one of them asked to be alone, or one
   * owner and whom its guest admits.
   */
  readonly users: 'one' | 'many' | 'many, or one exclusive' | 'whom the guest admits';
  /** Whether the seal also stops users that register after it was set. */
  readonly users_after_seal: 'allowed' | 'refused';
  /** What a callback does to make sure that the owner still exists: look for its address on vm_list, or take a reference. */
  readonly callback: 'looks at vm_list' | 'takes a reference';
  /** Where the pages come from: the mask of shmem, or GFP_HIGHUSER. */
  readonly pages: 'movable zones too' | 'no movable zone';
  /** Whether fallocate charges the caller's locked memory against RLIMIT_MEMLOCK. */
  readonly charge: 'nobody' | 'who allocates';
}

/**
 * RFC v2 of 2021-11-19: 20211119134739.20218-2-chao.p.peng@linux.intel.com (patch 01) and
 * 20211119134739.20218-14-chao.p.peng@linux.intel.com (patch 13, the callbacks).
 */
export const POSTED: Variant = {
  handle: 'seal',
  other_seals: 'allowed',
  users: 'one',
  users_after_seal: 'allowed',
  callback: 'looks at vm_list',
  pages: 'movable zones too',
  charge: 'nobody',
};

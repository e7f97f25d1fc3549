/**
 * What user space may do with a private file, version by version of the series that followed F_SEAL_GUEST. A difference
 * between two versions is a difference between two lines of one table.
 */

export interface MemfileRules {
  /** How such a file is made: a flag of memfd_create, or a system call of its own. */
  readonly made_by: 'MFD_INACCESSIBLE' | 'memfd_restricted';
  /** Whether the file that the posted code makes is closed to user space at all. */
  readonly closed: 'yes' | 'as posted, no';
  /** The seal that the file shows besides F_SEAL_SEAL: F_SEAL_INACCESSIBLE, 0x0020, or none. */
  readonly seal: 0x20 | 0;
  /** read, write and mmap of a closed file: refused by a check, or absent because the file has no such operation. */
  readonly operations: 'EPERM' | 'absent';
  /** Changing the size: page-aligned at any time, or once from 0. */
  readonly resize: 'aligned' | 'once';
  /** Whether pages are charged to whoever allocates them and credited to whoever frees them. */
  readonly charge: 'nobody' | 'pinned_vm of the caller';
  /** What makes a guest page private: its presence in the private file, what user space declared, or that it did not. */
  readonly private_is: 'populated' | 'declared private' | 'not declared shared';
  /** How many VMs may have the file in their slots. */
  readonly vms: 'one' | 'any';
  /** How the guest leaves when it asks for the other kind of page. */
  readonly exit: 'KVM_EXIT_MEMORY_ERROR' | 'KVM_EXIT_MEMORY_FAULT';
  /** A file of another kind as private_fd: noticed when KVM registers, or never. */
  readonly other_file: 'EOPNOTSUPP' | 'EINVAL unless shmem' | 'not looked at' | 'not read';
  /** The kernel wants to move a page: refused by the file, or not read. */
  readonly move: 'EOPNOTSUPP' | 'ENOTSUPP' | 'not read';
  /** A broken page: the notifier's error callback, on which KVM ends the VM; or whatever shmem does. */
  readonly broken: 'the VM ends' | 'not read';
  /** KVM_MEM_LOG_DIRTY_PAGES with KVM_MEM_PRIVATE. */
  readonly dirty_log: 'taken' | 'not read';
  /** A slot with a private file, set again. */
  readonly slot_again: 'EINVAL' | 'not read';
}

/** One version that was read, with its Message-IDs. */
export interface MemfileVersion {
  readonly version: string;
  readonly name: string;
  readonly source: string;
  readonly rules: MemfileRules;
}

const BASE = {
  made_by: 'MFD_INACCESSIBLE',
  closed: 'yes',
  seal: 0,
  operations: 'EPERM',
  charge: 'nobody',
  private_is: 'populated',
  vms: 'any',
  exit: 'KVM_EXIT_MEMORY_FAULT',
  other_file: 'EOPNOTSUPP',
  move: 'not read',
  broken: 'not read',
  dirty_log: 'not read',
  slot_again: 'not read',
} as const;

/** KVM's half of v3: patches 03, 04, 05, 12, 13 and 15 (20211221151125.19446-16-chao.p.peng@linux.intel.com is the last). */
const KVM_V3 = {
  vms: 'one',
  exit: 'KVM_EXIT_MEMORY_ERROR',
  other_file: 'EINVAL unless shmem',
  move: 'EOPNOTSUPP',
  dirty_log: 'taken',
  slot_again: 'EINVAL',
} as const;

export const VERSIONS = {
  /** The flag combines the seals with "and" where it has to add F_SEAL_INACCESSIBLE, so the file stays open. */
  v3: {
    version: 'v3',
    name: 'MFD_INACCESSIBLE, v3 of 2021-12-23 as posted',
    source: '20211223123011.41044-3-chao.p.peng@linux.intel.com, 20211221151125.19446-2-chao.p.peng@linux.intel.com',
    rules: { ...BASE, ...KVM_V3, closed: 'as posted, no', resize: 'aligned' },
  },
  /** The same with the seal that the changelog describes. */
  v3Meant: {
    version: 'v3, as meant',
    name: 'MFD_INACCESSIBLE, v3 of 2021-12-23 as meant',
    source: '20211223123011.41044-3-chao.p.peng@linux.intel.com, 20211221151125.19446-2-chao.p.peng@linux.intel.com',
    rules: { ...BASE, ...KVM_V3, seal: 0x20, resize: 'aligned' },
  },
  v5: {
    version: 'v5',
    name: 'MFD_INACCESSIBLE, v5 of 2022-03-10',
    source: '20220310140911.50924-1-chao.p.peng@linux.intel.com and its patches 02 and 04',
    rules: { ...BASE, resize: 'once', charge: 'pinned_vm of the caller' },
  },
  v6: {
    version: 'v6',
    name: 'MFD_INACCESSIBLE with memfile_notifier, v6 of 2022-05-19',
    source:
      '20220519153713.819591-1-chao.p.peng@linux.intel.com; notifier as in 20220706082016.2603916-4-chao.p.peng@linux.intel.com',
    rules: { ...BASE, resize: 'once', move: 'ENOTSUPP' },
  },
  /** A file of its own kind in front of a hidden shmem file. KVM's half: patches 5, 7 and 8. */
  v8: {
    version: 'v8',
    name: 'MFD_INACCESSIBLE as a shim, v8 of 2022-09-15',
    source:
      '20220915142913.2213336-9-chao.p.peng@linux.intel.com and the series; the file after the sketch 20220831142439.65q2gi4g2d2z4ofh@box.shutemov.name',
    rules: {
      ...BASE,
      operations: 'absent',
      resize: 'once',
      private_is: 'not declared shared',
      other_file: 'not looked at',
      dirty_log: 'taken',
      slot_again: 'EINVAL',
    },
  },
  v10: {
    version: 'v10',
    name: 'memfd_restricted, v10 of 2022-12-02',
    source: '20221202061347.1070246-2-chao.p.peng@linux.intel.com; mm/restrictedmem.c of that series',
    rules: {
      ...BASE,
      made_by: 'memfd_restricted',
      operations: 'absent',
      resize: 'once',
      private_is: 'declared private',
      other_file: 'not read',
      broken: 'the VM ends',
    },
  },
} as const satisfies Record<string, MemfileVersion>;

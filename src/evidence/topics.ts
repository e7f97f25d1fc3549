/** The recordings of each subject in an order for reading. */

export interface Topic {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** Names of recordings that belong here; the first topic that matches takes one. */
  readonly names: RegExp;
}

const MEMFD: readonly Topic[] = [
  {
    id: 'matrix',
    title: 'Every seal by every group of operations',
    about: 'One file with one seal, then a whole group of operations. The row without a seal is the comparison.',
    names: /^matrix-/,
  },
  {
    id: 'creating',
    title: 'Creating',
    about: 'Flag words, names, the seals and the mode that a new file starts with, and vm.memfd_noexec.',
    names: /^(create-|hugetlb-|sysctl-|not-a-memfd)/,
  },
  {
    id: 'adding',
    title: 'Adding seals',
    about: 'The order of the checks of F_ADD_SEALS.',
    names: /^(add-seals-|seal-seal-|write-seal-again)/,
  },
  {
    id: 'write',
    title: 'What keeps F_SEAL_WRITE away',
    about:
      'Shared mappings that are writable or may become so, in any process, and pages that somebody still references.',
    names: /^write-seal-/,
  },
  {
    id: 'future-write',
    title: 'F_SEAL_FUTURE_WRITE',
    about: 'The seal that leaves existing mappings alone.',
    names: /^future-write-/,
  },
  {
    id: 'exec',
    title: 'F_SEAL_EXEC',
    about: 'Execute bits, and what the seal brings along on an executable file.',
    names: /^exec-seal-/,
  },
  {
    id: 'sizes',
    title: 'Sizes, pages and holes',
    about: 'Growing and shrinking with and without seals, allocation, hole punching, and bytes behind the end.',
    names: /^(grow-|shrink-|keep-size|allocation|punch-|truncate-|store-behind|seek-)/,
  },
  {
    id: 'mappings',
    title: 'Mappings and faults',
    about: 'What mmap refuses, where a touch is SIGBUS or SIGSEGV, and the copies of private mappings.',
    names: /^(map-|private-|last-reference|madvise)/,
  },
  {
    id: 'secret',
    title: 'memfd_secret',
    about: 'A size that can be set once, no file operations, memory that get_user_pages refuses.',
    names: /^secret-/,
  },
  {
    id: 'rest',
    title: 'Reading, copying, handing over',
    about: 'File positions, copies inside the kernel, and the pattern that the manual page shows.',
    names: /^/,
  },
];

const GUEST_MEMFD: readonly Topic[] = [
  {
    id: 'creating',
    title: 'Creating',
    about: 'Capabilities, VM types, flags and sizes, and who may ask.',
    names: /^(create-|capabilities|vm-types|no-memory)/,
  },
  {
    id: 'files',
    title: 'File operations',
    about: 'What the file refuses, and how its pages are allocated and punched out.',
    names: /^(file-io|fallocate-|allocate-|punch-drops|reopen)/,
  },
  {
    id: 'mappings',
    title: 'Mappings and faults',
    about:
      'Files that user space may map, files that it may touch, and what the kernel itself may do with such addresses.',
    names: /^(mmap-|fault-|mprotect|madvise|fork-|kernel-access|content-outlives)/,
  },
  {
    id: 'binding',
    title: 'Binding to slots',
    about: 'The checks of KVM_SET_USER_MEMORY_REGION2 in their order, overlaps in the guest and in the file.',
    names: /^(bind-|bound-|slot-|delete-|one-file|many-files|punch-while)/,
  },
  {
    id: 'lifetimes',
    title: 'Lifetimes',
    about: 'Who keeps whom alive: descriptors, mappings, slots and VMs.',
    names: /^/,
  },
];

/** What the site has a page of recordings for. */
export interface Subject {
  readonly id: string;
  readonly title: string;
  /** What a reader of these recordings has to know besides. */
  readonly note?: string;
  readonly topics: readonly Topic[];
}

export const SUBJECTS: readonly Subject[] = [
  { id: 'memfd', title: 'memfd and memfd_secret', topics: MEMFD },
  {
    id: 'guest_memfd',
    title: 'guest_memfd and memory slots',
    note: 'The machine offered one VM type, without private memory, and no guest was run.',
    topics: GUEST_MEMFD,
  },
];

/** The first topic of a subject that takes a recording. */
export function topicOf(subject: string, name: string): Topic {
  const topics = SUBJECTS.find(({ id }) => id === subject)?.topics ?? [];
  const found = topics.find((topic) => topic.names.test(name));
  if (found === undefined) throw new Error(`the recording ${subject}/${name} has no topic`);
  return found;
}

/** The recordings about memfd in an order for reading. */

export interface Topic {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** Names of recordings that belong here; the first topic that matches takes one. */
  readonly names: RegExp;
}

export const TOPICS: readonly Topic[] = [
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

export const topicOf = (name: string): Topic => TOPICS.find((topic) => topic.names.test(name)) as Topic;

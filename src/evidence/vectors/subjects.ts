/**
 * What the site says about each subject of vectors: the title, the paragraph above them, and groups for reading. A subject
 * without an entry here fails the build.
 */

/** Vectors that are read together; the first group that matches a name takes it. */
export interface VectorGroup {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly names: RegExp;
}

export interface VectorSubject {
  /** The folder below content/evidence and the address: /evidence/snp_rmp. */
  readonly id: string;
  readonly title: string;
  /** What kind of evidence it is: who gave the answers, whether a program or a processor ran, what is only read. */
  readonly intro: string;
  /** One group of all where nothing is said. */
  readonly groups?: readonly VectorGroup[];
}

export const VECTOR_SUBJECTS: readonly VectorSubject[] = [
  {
    id: 'snp_launch_digest',
    title: 'SEV-SNP launch digests',
    intro:
      'Lists of pages with the digest that other programs computed for them, published by their projects or computed with them. Every digest between is compared as well. Four rules stand in no program that was run and follow the firmware of AMD, which was read: the cleared bytes of a register page, the IMI digest, a 2M page as 512 steps, and a refused page that leaves the digest as it was. For the cleared bytes and the 2M page the programs were given what the rule makes of the input.',
    groups: [
      {
        id: 'published',
        title: 'Published by others',
        about: 'Values that stand in the tests of other projects.',
        names: /^p/,
      },
      { id: 'small', title: 'One rule each', about: 'Short launches, each of which shows one rule.', names: /^/ },
    ],
  },
  {
    id: 'snp_rmp',
    title: 'RMP checks and page states',
    intro:
      'Decision rows taken from the tables of the manual (AMD APM vol. 2, 15.36, read through public notes), from the firmware that AMD published, from a formal model and from Linux. Nobody ran them on a processor: every row is only read. A row whose outcome could not be confirmed is not here.',
    groups: [
      {
        id: 'vmrun',
        title: 'VMRUN and what the processor writes for the host',
        about: 'Pages that the host names to the processor, which would write into them.',
        names: /^(vmcb|vmsa|hsave|avic|vmsave|rmpupdate-while)/,
      },
      {
        id: 'instructions',
        title: 'Instructions',
        about:
          'RMPUPDATE, PSMASH, PVALIDATE and RMPADJUST: the entry before, the operands, code or exit, the entry after.',
        names: /^(upd|psmash|pval|adj|query)-/,
      },
      {
        id: 'access',
        title: 'Accesses',
        about: 'One access against one entry: who, what, the C-bit and the size of the mapping, and what it gives.',
        names: /^(host|legacy|snp|sev|guest)-(?!to-)/,
      },
      {
        id: 'page-states',
        title: 'Page states',
        about: 'What takes a page from one state to another, and what the firmware refuses.',
        names: /^/,
      },
    ],
  },
  {
    id: 'tdx_mrtd',
    title: 'TDX build-time measurement',
    intro:
      'Lists of build calls, arguments of KVM_TDX_INIT_MEM_REGION and synthetic firmware images, with the MRTD that Intel’s own code and at least one other program computed for them. Statuses come from Intel’s code (module 1.5.01) alone. Not counted, because the image is not part of this site: OVMF.fd of Debian’s ovmf 2022.11-6+deb12u2 (4c7206f0… page by page, acccbcc8… adds first; recomputed from the package on 2026-11-20, both agree). Not recomputed, because the images were not at hand: three published values, OVMF.fd of Ubuntu 2025.02-3ubuntu2 (7357a10d…), the firmware of dstack 0.5.5 (f06dfda6…), a test image of Oak stage0 (7e63acc8…).',
    groups: [
      { id: 'calls', title: 'Calls that succeed', about: 'The digest after every call.', names: /^c/ },
      {
        id: 'failing',
        title: 'Calls that fail',
        about: 'What is refused is not measured; what was measured stays.',
        names: /^f/,
      },
      { id: 'regions', title: 'Regions', about: 'As Linux 6.16 takes them, page by page.', names: /^k/ },
      {
        id: 'images',
        title: 'Firmware images',
        about: 'The sections, and the measurement under each policy that a program follows.',
        names: /^/,
      },
    ],
  },
  {
    id: 'tdx_sept',
    title: 'TDX: Secure EPT',
    intro:
      'What each call of the TDX module does to an entry of the Secure EPT in each of its states. The answers were given by Intel’s own code, module 1.5.01, compiled as an ordinary program: it ran, but on no TDX machine, and nothing was encrypted. Guest accesses in the sequences follow a rule that was only read; the table of memory reads was read as well.',
    groups: [
      {
        id: 'sequences',
        title: 'Call sequences',
        about: 'Whole stories: build, zap, refault, accept, epochs, teardown. Every step is compared.',
        names: /^t\d/,
      },
      {
        id: 'states',
        title: 'States that let a call through',
        about: 'The module’s own tables: states of an entry, and operation states of a TD.',
        names: /^(entry|operation)-states/,
      },
      {
        id: 'operands',
        title: 'Operands, locks, fatal TDs',
        about: 'One thing wrong each: an address, a level, a page that somebody has, a lock that is held.',
        names: /^b\d/,
      },
      {
        id: 'steps',
        title: 'One call from one situation',
        about: 'The whole effect of a call: status, entries, metadata of pages, counters.',
        names: /^s\d/,
      },
      {
        id: 'reads',
        title: 'Reads of memory',
        about: 'What the memory controller returns, by integrity mode, kind of key and owner bit. Read, not run.',
        names: /^/,
      },
    ],
  },
];

export function vectorSubject(id: string): VectorSubject {
  const found = VECTOR_SUBJECTS.find((subject) => subject.id === id);
  if (found === undefined)
    throw new Error(`the vectors of '${id}' have no title: add one in src/evidence/vectors/subjects.ts`);
  return found;
}

/** A group with those of the vectors that it takes, in order; groups that take none are left out. */
export function grouped<T extends { readonly name: string }>(
  { id, title, groups = [] }: VectorSubject,
  vectors: readonly T[],
): { readonly group: VectorGroup; readonly own: T[] }[] {
  const all = groups.length > 0 ? groups : [{ id: 'all', title, about: '', names: /^/ }];
  const of = new Map(vectors.map((vector) => [vector, all.find(({ names }) => names.test(vector.name))]));
  const lost = [...of].find(([, group]) => group === undefined);
  if (lost !== undefined) throw new Error(`the vector ${id}/${lost[0].name} is in no group`);
  return all
    .map((group) => ({ group, own: vectors.filter((vector) => of.get(vector) === group) }))
    .filter(({ own }) => own.length > 0);
}

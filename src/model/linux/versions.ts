/**
 * The kernels whose rules were run or read. One table: a line that differs between two columns is a difference between two
 * kernels. A version that is not in it is not guessed.
 */
import { F_SEAL_EXEC, MFD_EXEC, MFD_NOEXEC_SEAL } from './constants.ts';
import type { Kernel, Rules } from './kernel.ts';
import { NotRead } from './notread.ts';

const ALL_SEALS = 0x1f | F_SEAL_EXEC;
const ALL_MFD = 0x7 | MFD_NOEXEC_SEAL | MFD_EXEC;

/**
 * The rules of Linux 6.18.44: recorded (content/evidence/memfd), but for `write_buffer`, which was run on that kernel and is
 * in none of the recordings.
 */
const RECORDED: Rules = {
  seals: ALL_SEALS,
  memfd_flags: ALL_MFD,
  seal_argument: 'low 32 bits',
  exec_seal_implies: 'before the checks',
  shared_readonly_of_write_sealed: 'allowed',
  noexec_2_without_flag: 'as MFD_NOEXEC_SEAL',
  noexec_2_with_exec: 'EACCES',
  noexec_scope: 'hierarchy',
  secretmem_limit: 'at mmap',
  secretmem_mapping: 'locked',
  write_buffer: 'after the seals',
};

/** The kernels whose memfd was run or read, oldest first. */
export const kernelsRead: readonly Kernel[] = [
  {
    name: 'Linux at commit 037dd1308c6d',
    version: '037dd1308c6d',
    evidence: 'source read',
    // A state between 6.3 and 6.6. Shared read-only mappings of a write-sealed file came with 28464bbb2ddc and 158978945f31
    // (6.7), so that they are refused here.
    source: 'torvalds/linux at 037dd1308c6d: mm/memfd.c',
    rules: {
      ...RECORDED,
      seal_argument: 'EINVAL above 32 bits',
      exec_seal_implies: 'after the checks',
      shared_readonly_of_write_sealed: 'EPERM',
      noexec_2_without_flag: 'EINVAL',
      noexec_2_with_exec: 'allowed',
      noexec_scope: 'only upwards',
      secretmem_limit: 'not read',
      secretmem_mapping: 'not read',
      write_buffer: 'not read',
    },
  },
  {
    name: 'Linux 6.12.117',
    version: '6.12.117',
    evidence: 'source read',
    source:
      'Debian linux-source-6.12 6.12.117-1~deb12u1: mm/memfd.c, mm/shmem.c, mm/mmap.c, mm/secretmem.c, mm/filemap.c, fs/open.c, fs/anon_inodes.c, virt/kvm',
    rules: {
      ...RECORDED,
      secretmem_limit: 'at first touch',
      secretmem_mapping: 'not locked',
      write_buffer: 'before the seals',
    },
  },
  {
    name: 'Linux 6.18.44',
    version: '6.18.44',
    evidence: 'recorded',
    source: 'recordings of a distributor build of the stable branch, x86-64',
    rules: RECORDED,
  },
  {
    name: 'Linux 7.3.4',
    version: '7.3.4',
    evidence: 'source read',
    source:
      'Debian linux-source-7.3 7.3.4-1~bpo13+1: mm/memfd.c, mm/shmem.c, mm/mmap.c, mm/madvise.c, mm/secretmem.c, virt/kvm',
    rules: {
      ...RECORDED,
      secretmem_limit: 'at first touch',
      secretmem_mapping: 'not read',
      write_buffer: 'not read',
    },
  },
];

/** Kernels of which virt/kvm was read and mm/memfd.c was not; their rules for memfd are never asked. */
export const kvmKernelsRead: readonly Kernel[] = [
  {
    name: 'Linux 6.8',
    version: '6.8',
    evidence: 'posting',
    how: 'posting v14 plus one commit',
    source:
      'virt/kvm/guest_memfd.c as posted in v14 (20231105163040.14904-16-pbonzini@redhat.com), merged as a7800aa80ea4, with e563592224e0',
    rules: RECORDED,
    memfd: false,
  },
  {
    name: 'Linux 6.11',
    version: '6.11',
    evidence: 'commits',
    how: 'its commits, by message',
    source:
      'the commits between 6.8 and 6.11 that name guest_memfd, by subject and message: 1f6c06b17751, 3bb2531e20bf, a90764f0e4ed, bc1a5cd00211, de80252414f3, e4ee54479273, 66a644c09fbe',
    rules: RECORDED,
    memfd: false,
  },
  {
    name: 'Linux 6.16.1',
    version: '6.16.1',
    evidence: 'source read',
    source: 'arch/x86/kvm (mmu, vmx/tdx.c, svm/sev.c) and virt/kvm of 6.16.1',
    rules: RECORDED,
    memfd: false,
  },
  {
    name: 'Linux 6.19',
    version: '6.19',
    evidence: 'posting',
    how: 'series, as carried on 6.18',
    source:
      'virt/kvm/guest_memfd.c with the series 20251016172853.52451-1-seanjc@google.com, as Firecracker carries it on a 6.18 kernel',
    rules: RECORDED,
    memfd: false,
  },
  {
    name: 'Linux at commit 01f492e1817e',
    version: '01f492e1817e',
    evidence: 'source read',
    how: 'source read, merge for 7.1',
    source: 'torvalds/linux at 01f492e1817e: virt/kvm/guest_memfd.c',
    rules: RECORDED,
    memfd: false,
  },
];

const ALL = [...kernelsRead, ...kvmKernelsRead];

/** The versions that `linux()` knows. */
export const versionsRead: readonly string[] = ALL.map((kernel) => kernel.version);

/** The kernel of exactly this version (`6.18.44`) or commit; throws NotRead for any other. */
export function linux(version: string): Kernel {
  const kernel = ALL.find((known) => known.version === version);
  if (kernel === undefined) {
    throw new NotRead(`Linux ${version} was not read. Kernels that were: ${versionsRead.join(', ')}.`);
  }
  return kernel;
}

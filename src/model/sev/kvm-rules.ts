/**
 * What differs between the forms of KVM's SNP launch, as data.
 * Sources: arch/x86/kvm/svm/sev.c, Linux 6.16.1, for what was merged for 6.11; commits dcbcc2323c80 and 2a62345b3052, read as
 * posted on 2026-01-08 (20260108214622.1084057-5-michael.roth@amd.com) and 2025-12-15
 * (20251215153411.3613928-6-michael.roth@amd.com), for 7.0; sev.c of 7.0 and of 7.3.4 was not read as a whole.
 */
import type { Kernel } from '../linux/kernel.ts';
import { NotRead } from '../linux/notread.ts';
import type { DirectMapRule } from './kvm-direct-map.ts';

export interface SnpRules {
  /** How the bytes of a launch page reach KVM, and a refused CPUID page its caller. */
  readonly source: 'copied from and to user memory' | 'through a pinned page';
  /** A source address that is not a multiple of 4 KiB. */
  readonly unaligned: 'allowed' | 'EINVAL';
  /** Whether a page may be launched with the bytes that it already has. */
  readonly no_source: 'EINVAL' | 'bytes of the page';
  readonly direct_map: DirectMapRule;
}

const MERGED: SnpRules = {
  source: 'copied from and to user memory',
  unaligned: 'allowed',
  no_source: 'EINVAL',
  direct_map: 'split',
};
const REWORKED: SnpRules = { ...MERGED, source: 'through a pinned page', unaligned: 'EINVAL' };

/** By version of the kernel. */
export const SNP_RULES: Readonly<Record<string, SnpRules>> = { '6.16.1': MERGED, '01f492e1817e': REWORKED };

/** A kernel that brings its own form of the launch. */
export interface SnpKernel extends Kernel {
  readonly snp: SnpRules;
}

/** The rules of a kernel; throws NotRead where its SNP part was not read. */
export function snpRules(kernel: Kernel | SnpKernel): SnpRules {
  const rules = 'snp' in kernel ? kernel.snp : SNP_RULES[kernel.version];
  if (rules === undefined) throw new NotRead(`${kernel.name}: KVM's SNP part was not read.`);
  return rules;
}

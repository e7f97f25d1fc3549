/**
 * mbind: from which NUMA node new pages of a mapping come. A file in memory keeps the policy itself, so that it holds for every
 * later page of it, whoever touches it first; a file without a place for it ignores it, and its pages come from where the
 * process runs.
 * Source: mbind(2), mm/shmem.c (shmem_set_policy), Linux 7.3.4; virt/kvm/guest_memfd.c (kvm_gmem_set_policy) at 01f492e1817e. The
 * errors, and that a mapping of a guest_memfd or of secret memory takes a policy, were asked of a running 6.18.44 with one node.
 * Left out: the flags, interleaving, policies of private and anonymous mappings, moving pages that are there, a node that is
 * full, and the mask of several nodes (the lowest counts).
 */
import { Errno } from '../errno.ts';
import { NODES } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import { MPOL_BIND, MPOL_DEFAULT, MPOL_PREFERRED } from './constants.ts';
import type { Inode } from './inode.ts';
import type { Process } from './process.ts';
import { PAGE_N, unsigned, type WordIn } from './words.ts';

/** 0, or EINVAL (mode, alignment, nodes that do not fit the mode or the machine), EFAULT (a hole in the range). */
export function mbind(process: Process, address: number, length: WordIn, mode: number, nodes: number): 0 | Errno {
  if (mode !== MPOL_DEFAULT && mode !== MPOL_PREFERRED && mode !== MPOL_BIND) {
    return new Errno('EINVAL', 'The mode is none of those that are modelled.');
  }
  if (address % PAGE !== 0) return new Errno('EINVAL', 'The address is not a multiple of the page size.');
  if (nodes >= 1 << NODES) return new Errno('EINVAL', `The machine has ${NODES} nodes.`);
  if (mode === MPOL_DEFAULT ? nodes !== 0 : nodes === 0 && mode === MPOL_BIND) {
    return new Errno('EINVAL', 'The nodes do not go with the mode.');
  }
  const end = address + Number(((unsigned(length) + PAGE_N - 1n) / PAGE_N) * PAGE_N);
  const node = mode === MPOL_DEFAULT || nodes === 0 ? undefined : 31 - Math.clz32(nodes & -nodes);
  for (let at = address; at < end; at += PAGE) {
    if (process.space.at(at) === undefined) return new Errno('EFAULT', 'The range has a hole.');
  }
  for (let at = address; at < end; at += PAGE) {
    const mapping = process.space.at(at);
    const inode = mapping?.file?.inode;
    if (mapping === undefined || inode === undefined || !mapping.mayshare || !keepsPolicy(inode)) continue;
    if (node === undefined) inode.policy.delete(mapping.pageOf(at));
    else inode.policy.set(mapping.pageOf(at), node);
  }
  return 0;
}

/** Files of shmem do; a file that brings its own operations says so. */
function keepsPolicy(inode: Inode): boolean {
  if (inode.operations !== undefined) return inode.operations.keepsPolicy?.() ?? false;
  return inode.kind === 'memfd' || inode.kind === 'tmpfs' || inode.kind === 'hugetlb';
}

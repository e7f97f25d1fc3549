/** What the machine offers that runs the comparison, and what it lacks: asked, not assumed. */
import { readFileSync } from 'node:fs';
import { arch, platform, release } from 'node:os';
import { O_CLOEXEC, type ProcessOptions } from '../../model/index.ts';
import type { Offer } from './create-steps.ts';
import type { LiveKernel } from './helper.ts';
import type { Question } from './protocol.ts';

/** Kernel release without the vendor's suffix. */
export const kernelRelease = (): string => release().split('-')[0] ?? release();

/** Why nothing at all can be compared here; one sentence. Undefined where it can. */
export function unsuitable(): string | undefined {
  if (platform() !== 'linux') return `this is ${platform()}; the comparison needs a running Linux`;
  if (arch() !== 'x64') return `this is ${arch()}; the numbers of the recordings are those of x86-64`;
  const noexec = setting('/proc/sys/vm/memfd_noexec');
  if (noexec !== undefined && noexec !== '0') return `vm.memfd_noexec is ${noexec}; the sequences are made for 0`;
  const huge = /\[(\w+)\]/.exec(setting('/sys/kernel/mm/transparent_hugepage/shmem_enabled') ?? '[never]')?.[1];
  if (huge !== 'never') return `huge pages for shmem are '${huge}'; the model has small pages only`;
  return undefined;
}

function setting(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The user who asks, and how much memory it may lock: the model's process is made alike. */
export function whoAsks(): ProcessOptions {
  const limit = /Max locked memory\s+(\d+)/.exec(setting('/proc/self/limits') ?? '')?.[1];
  return {
    uid: process.getuid?.() ?? 0,
    rlimit_memlock: limit === undefined ? Number.MAX_SAFE_INTEGER : Number(limit),
  };
}

export interface Offered {
  readonly offer: Offer;
  /** What is left out of the sequences, each with the reason. */
  readonly lacks: readonly string[];
}

/** Tries each part once. */
export async function ask(live: LiveKernel): Promise<Offered> {
  const lacks: string[] = [];
  const offers = async (what: string, steps: readonly Question[]): Promise<boolean> => {
    const refused = await firstRefusal(live, steps);
    if (refused !== undefined) lacks.push(`${what}: ${refused}`);
    return refused === undefined;
  };
  const offer: Offer = {
    secret: await offers('memfd_secret', [{ op: 'memfd_secret', args: { flags: O_CLOEXEC, out: 'f' } }]),
    tmpfs: await offers('files of a tmpfs in /dev/shm', [{ op: 'open_tmpfs_file', args: { out: 'f' } }]),
    pidns: await offers('PID namespaces and vm.memfd_noexec', [
      { op: 'new_pidns_child', args: {}, child: [{ op: 'sysctl_memfd_noexec_set', args: { value: 1 } }] },
    ]),
    drop: await offers('dropping privileges', [
      { op: 'fork_child', args: {}, child: [{ op: 'become_unprivileged', args: { memlock: 0 } }] },
    ]),
    huge: setting('/proc/sys/vm/nr_hugepages') === '0',
    guest: await offers('guest_memfd', [
      { op: 'kvm_create_vm', args: { type: 0, out: 'v' } },
      { op: 'kvm_create_guest_memfd', args: { vm: 'v', size: 4096, flags: 3, out: 'g' } },
    ]),
  };
  if (!offer.huge) lacks.push('MFD_HUGETLB: huge pages are reserved, the model has none');
  if (whoAsks().uid !== 0) {
    lacks.push('dropping privileges: this is not root');
    return { offer: { ...offer, drop: false }, lacks };
  }
  return { offer, lacks };
}

async function firstRefusal(live: LiveKernel, steps: readonly Question[]): Promise<string | undefined> {
  try {
    const answered = await live.run(steps);
    for (const { op, result, child } of answered.steps) {
      for (const one of [{ op, result }, ...(child ?? [])]) {
        if (!one.result.ok) return `${one.op} answered ${one.result.errno ?? one.result.signal}`;
      }
    }
    return answered.leftOut.length > 0 ? `a step was left out (${answered.leftOut[0]})` : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

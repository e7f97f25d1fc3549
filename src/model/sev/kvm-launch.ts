/**
 * KVM_SEV_SNP_LAUNCH_UPDATE over kvm_gmem_populate: KVM copies, the RMP entry becomes Pre-Guest, the firmware measures and
 * encrypts; a refused page is taken back.
 * Source: snp_launch_update and sev_gmem_post_populate, arch/x86/kvm/svm/sev.c, Linux 6.16.1; for 7.0 the patches that
 * kvm-rules.ts names. Left out: locks (slots_lock, and the file's invalidate lock inside populate), signals, flags.
 */
import { Errno, Signal } from '../errno.ts';
import { populate } from '../kvm/populate.ts';
import { access } from '../linux/fault.ts';
import { userPage } from '../linux/gup.ts';
import { deliver } from '../linux/usermemory.ts';
import type { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import type { SnpPlatform } from './kvm-platform.ts';
import { type SnpRules, snpRules } from './kvm-rules.ts';
import type { SnpVm } from './kvm-snp.ts';
import {
  SNP_PAGE_TYPE_CPUID,
  SNP_PAGE_TYPE_NORMAL,
  SNP_PAGE_TYPE_SECRETS,
  SNP_PAGE_TYPE_UNMEASURED,
  SNP_PAGE_TYPE_ZERO,
} from './page-info.ts';

/** struct kvm_sev_snp_launch_update: frame number, user address, bytes, page type. The command moves it on. */
export interface LaunchUpdate {
  gfn_start: number;
  uaddr: number | Errno;
  len: number;
  readonly type: number;
}

const TYPES: readonly number[] = [
  SNP_PAGE_TYPE_NORMAL,
  SNP_PAGE_TYPE_ZERO,
  SNP_PAGE_TYPE_UNMEASURED,
  SNP_PAGE_TYPE_SECRETS,
  SNP_PAGE_TYPE_CPUID,
];

const invalid = (why: string): Errno => new Errno('EINVAL', why);

export function launchUpdate(vm: SnpVm, update: LaunchUpdate): 0 | Errno {
  const rules = snpRules(vm.host.kernel);
  const { context } = vm;
  if (context === undefined) return invalid('KVM_SEV_SNP_LAUNCH_START comes first.');
  if (update.len % PAGE !== 0) return invalid('len is in bytes and must be a multiple of 4 KiB.');
  if (!TYPES.includes(update.type)) return invalid(`Pages of type ${update.type} are not for user space to load.`);
  const uaddr = address(update, rules);
  if (uaddr instanceof Errno) return uaddr;
  if (uaddr !== undefined && uaddr % PAGE !== 0 && rules.unaligned === 'EINVAL') {
    return invalid('uaddr must be a multiple of 4 KiB.');
  }
  const slot = vm.slotAt(update.gfn_start);
  if (slot === undefined || !slot.bound) return invalid('gfn_start has no slot with a guest_memfd.');
  vm.error = 'SUCCESS';
  const done = load(vm, update, uaddr, rules);
  if (done instanceof Errno)
    return new Errno('EIO', `Not one page was loaded (inside: ${done.toString()}). ${done.why}`);
  update.gfn_start += done;
  update.len -= done * PAGE;
  if (uaddr !== undefined) update.uaddr = uaddr + done * PAGE;
  vm.host.note(`${done} ${done === 1 ? 'page' : 'pages'} loaded, ${update.len} bytes left`);
  return 0;
}

/** The source: undefined where nothing is copied. */
function address({ uaddr, type }: LaunchUpdate, rules: SnpRules): number | undefined | Errno {
  if (type === SNP_PAGE_TYPE_ZERO) return undefined;
  if (uaddr instanceof Errno) return new Errno('EFAULT', 'uaddr is the result of a refused call.');
  if (uaddr === 0 && rules.no_source === 'bytes of the page') return undefined;
  return uaddr;
}

/** Pages loaded, or why not one was. */
function load(vm: SnpVm, update: LaunchUpdate, uaddr: number | undefined, rules: SnpRules): number | Errno {
  const { gfn_start, len, type } = update;
  if (len === 0) return invalid('kvm_gmem_populate wants at least one page, and warns.');
  const at = (gfn: number): number | undefined => (uaddr === undefined ? undefined : uaddr + (gfn - gfn_start) * PAGE);
  const pre = (gfn: number, frame: Frame): Errno | undefined => {
    const address = at(gfn);
    const pinned = rules.source === 'copied from and to user memory' || address === undefined;
    if (!pinned && userPage(vm.process, address) === undefined) {
      return new Errno('EFAULT', 'get_user_pages finds no page at the source that KVM may use.');
    }
    if (vm.platform.rmp.lookup(frame.pfn)?.assigned !== 1) return undefined;
    return new Errno('EEXIST', 'The RMP already has the page assigned.');
  };
  const post = (gfn: number, frame: Frame) => loadPage(vm, gfn, frame, type, at(gfn));
  const source = uaddr === undefined ? null : vm.process.buffer(uaddr, len);
  return populate(vm, gfn_start, source, Math.floor(len / PAGE), { pre, post });
}

/** One page: Pre-Guest, then the firmware; what it refuses is taken back, and a CPUID page goes to the caller. */
function loadPage(vm: SnpVm, gfn: number, frame: Frame, type: number, uaddr: number | undefined): Errno | undefined {
  const { platform, context } = vm;
  if (context === undefined) return invalid('There is no guest context.');
  const given = platform.rmp_make_private(frame, { gpa: gfn * PAGE, asid: vm.asid, immutable: 1 });
  if (given !== undefined) return given;
  const status = context.snp_launch_update(platform.rmp, frame, { page_type: type });
  if (status.code === 0) return undefined;
  vm.error = status.show();
  const back = takeBack(vm, platform, frame);
  if (back === undefined && type === SNP_PAGE_TYPE_CPUID && status.name === 'INVALID_PARAM' && uaddr !== undefined) {
    handBack(vm, frame, uaddr);
  }
  return new Errno('EIO', `The firmware refused the page: ${status.show()}. ${status.why}`);
}

/** snp_page_reclaim of KVM: reclaim and make shared; a failure leaks the page and kills the VM. */
export function takeBack(vm: SnpVm, platform: SnpPlatform, frame: Frame): Errno | undefined {
  const refused = platform.snp_page_reclaim(frame) ?? platform.rmp_make_shared(frame);
  if (refused !== undefined) vm.kvmBug();
  return refused;
}

/** The table with the values that the firmware allows, into the buffer that the payload came from. */
function handBack(vm: SnpVm, frame: Frame, uaddr: number): void {
  const table = frame.read(0, PAGE);
  if (snpRules(vm.host.kernel).source === 'copied from and to user memory') {
    deliver(vm.process.buffer(uaddr, PAGE), 0, table);
    return;
  }
  // The page was pinned for reading and is written all the same.
  const place = access(vm.process, uaddr, false);
  if (!(place instanceof Signal)) place.frame.write(0, table);
}

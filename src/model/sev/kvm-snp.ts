/**
 * An SNP guest as KVM runs it: guest_memfd for private pages, the RMP as the record of who owns them, the launch commands, and
 * what KVM makes of faults and of page state changes.
 * Source: arch/x86/kvm/svm/sev.c and virt/kvm/guest_memfd.c, Linux 6.16.1; virt/kvm/guest_memfd.c at 01f492e1817e. Left out:
 * vCPUs and their register pages, the nested page table's own levels, caches, pages of guest_memfd larger than 4 KiB except
 * where the snippet asks for an RMP entry of 2 MiB.
 */

import type { Digest } from '../digest.ts';
import { Errno } from '../errno.ts';
import { KVM_X86_SNP_VM } from '../kvm/constants.ts';
import { gpaText, KvmExit } from '../kvm/exit.ts';
import { type HypercallError, mapGpaRange } from '../kvm/hypercall.ts';
import { KvmVm } from '../kvm/kvm-vm.ts';
import type { Process } from '../linux/process.ts';
import { BLOCK, MemoryKey } from '../machine/cipher.ts';
import type { Frame } from '../machine/memory.ts';
import type { TablesPicture } from '../picture.ts';
import { show } from '../show.ts';
import type { Owner } from '../trace.ts';
import { PAGE } from '../units.ts';
import type { CpuidLeaf } from './cpuid-page.ts';
import { SnpContext } from './kvm-firmware.ts';
import { type LaunchUpdate, launchUpdate } from './kvm-launch.ts';
import { drawLaunch } from './kvm-picture.ts';
import { type SnpPlatform, snpPlatform } from './kvm-platform.ts';
import { type PageStateChange, type PscAnswer, pageStateChange } from './kvm-psc.ts';
import { snpRules } from './kvm-rules.ts';
import { pageState, stateOwner } from './page-state.ts';
import { snpGuestAccess } from './rmp-access.ts';
import { REGION, RMP_PG_SIZE_2M, RMP_PG_SIZE_4K } from './rmp-entry.ts';
import { type RmpFail, RmpFault } from './rmp-fault.ts';
import { pvalidate, type Validated } from './rmp-guest.ts';

export interface SnpOptions {
  /** Leaves of CPUID whose bits the firmware compares with a CPUID page. */
  readonly processor?: readonly CpuidLeaf[];
  /** The RMP entry that preparing a page asks for; no kernel that was read has guest_memfd pages of 2 MiB. */
  readonly entries?: '4K' | '2M';
}

const POLICY_MUST = 1 << 17;

export class SnpVm extends KvmVm {
  readonly platform: SnpPlatform;
  readonly asid: number;
  /** The firmware's context, from KVM_SEV_SNP_LAUNCH_START on. */
  context: SnpContext | undefined;
  /** The firmware's status of the last refused command, as the ioctl hands it out in `error`. */
  error = 'SUCCESS';
  readonly #options: SnpOptions;
  #spare: MemoryKey | undefined;

  constructor(process: Process, name: string, options: SnpOptions = {}) {
    super(process, name, KVM_X86_SNP_VM);
    this.#options = options;
    this.platform = snpPlatform(this.host, snpRules(this.host.kernel).direct_map);
    this.asid = this.platform.newAsid();
  }

  /** The launch digest so far; undefined before the launch began. */
  get digest(): Digest | undefined {
    return this.context?.digest;
  }

  /** Memory of the guest is encrypted with this key; without a launch no guest could run with it. */
  get #key(): MemoryKey {
    this.#spare ??= new MemoryKey(`SNP guest of ASID ${this.asid}`);
    return this.context?.key ?? this.#spare;
  }

  /**
   * KVM_SEV_SNP_LAUNCH_START: context, key, ASID. Errors: EINVAL (a second context; policy bit 17 clear; unknown bits are not
   * modelled).
   */
  kvm_sev_snp_launch_start(policy = 0x3_0000): 0 | Errno {
    return this.ioctl(this.process, 'kvm_sev_snp_launch_start', [show(policy)], () => {
      if (this.context !== undefined) return new Errno('EINVAL', 'The VM has a guest context already.');
      if ((policy & POLICY_MUST) === 0) return new Errno('EINVAL', 'Bit 17 of the policy must be set.');
      this.context = new SnpContext(this.asid, this.#options.processor ?? []);
      return 0;
    });
  }

  /**
   * KVM_SEV_SNP_LAUNCH_UPDATE: fills, measures and encrypts private pages. `update` is changed as the kernel changes it: after a
   * success it names what is left. Errors: EINVAL, EIO with the firmware's status in `error`.
   */
  kvm_sev_snp_launch_update(update: LaunchUpdate): 0 | Errno {
    const args = [`gfn ${update.gfn_start}`, `uaddr ${show(update.uaddr)}`, `len ${update.len}`, `type ${update.type}`];
    return this.ioctl(this.process, 'kvm_sev_snp_launch_update', args, () => launchUpdate(this, update));
  }

  /** KVM_SEV_SNP_LAUNCH_FINISH. Errors: EINVAL. The register pages of vCPUs, which it measures last, are left out. */
  kvm_sev_snp_launch_finish(): 0 | Errno {
    return this.ioctl(this.process, 'kvm_sev_snp_launch_finish', [], () => {
      if (this.context === undefined) return new Errno('EINVAL', 'The VM has no guest context.');
      this.context.state = 'RUNNING';
      return 0;
    });
  }

  /** Page state changes through the GHCB page: the exit or exits to user space, or the error that the guest finds. */
  snp_psc(entries: readonly PageStateChange[]): PscAnswer {
    return this.step('snp_psc', [entries.map(({ gpa, to }) => `${gpaText(gpa)} ${to}`).join(', ')], () =>
      pageStateChange(this.hypercallExits, entries),
    );
  }

  /** A page state change of one page through the GHCB MSR. */
  snp_psc_msr(gpa: number, to: 'private' | 'shared'): KvmExit | HypercallError {
    return this.step('snp_psc_msr', [gpaText(gpa), to], () =>
      mapGpaRange(this.hypercallExits, gpa, 1, to === 'private' ? 16 : 0),
    );
  }

  /** sev_gmem_prepare: the first private use of a page after the launch. */
  override kvm_arch_gmem_prepare(gfn: number, frame: Frame): Errno | undefined {
    const { rmp } = this.platform;
    if (rmp.lookup(frame.pfn)?.assigned === 1) return undefined;
    const first = frame.pfn - (frame.pfn % REGION);
    const head = this.host.memory.frame(first);
    const aligned = this.#options.entries === '2M' && gfn % REGION === frame.pfn % REGION;
    if (!aligned || head === undefined || !this.platform.free2M(first)) {
      return this.platform.rmp_make_private(frame, { gpa: gfn * PAGE, asid: this.asid });
    }
    const gpa = (gfn - (gfn % REGION)) * PAGE;
    return this.platform.rmp_make_private(head, { gpa, asid: this.asid, pagesize: RMP_PG_SIZE_2M });
  }

  /** sev_gmem_invalidate: the page leaves the file. A 2 MiB entry of which it is part is split first. */
  override kvm_arch_gmem_invalidate(frame: Frame): void {
    const { platform } = this;
    if (platform.rmp.lookup(frame.pfn)?.assigned !== 1) return;
    if (platform.is2M(frame.pfn)) platform.psmash(frame.pfn);
    const refused = platform.rmp_make_shared(frame);
    if (refused !== undefined) this.host.note(`page frame ${frame.pfn} is freed though the RMP has it assigned`);
  }

  override gmemOwner(frame: Frame): Owner | undefined {
    if (this.platform.leaked.has(frame.pfn)) return '!';
    return stateOwner(pageState(this.platform.rmp.lookup(frame.pfn)));
  }

  /** KVM_BUG on a page that could not be taken back. */
  kvmBug(): void {
    this.vm_dead = true;
    this.host.note('KVM_BUG: the VM is dead from now on');
  }

  /** The page frame behind a private guest address, without faulting it in; for looking at it. */
  pfn(gpa: number): number | Errno {
    const gfn = Math.floor(gpa / PAGE);
    const slot = this.slotAt(gfn);
    const frame = slot?.gmem?.inode.page(slot.filePage + gfn - slot.first)?.frame;
    return frame?.pfn ?? new Errno('ENOENT', 'No page of a guest_memfd is there.');
  }

  /** What user space, file, RMP, direct map and firmware say about the first pages, as a picture. */
  tables(title: string): TablesPicture {
    return drawLaunch(this, title);
  }

  /** State of the page behind a private guest address, as its RMP entry says. */
  rmp_state(gpa: number): string | Errno {
    const pfn = this.pfn(gpa);
    return pfn instanceof Errno ? pfn : pageState(this.platform.rmp.lookup(pfn));
  }

  override guest_load(gpa: number, how: { private?: boolean } = {}): number | KvmExit | Errno {
    const isPrivate = how.private ?? true;
    return this.step('guest_load', accessArgs(gpa, isPrivate), () => {
      const frame = this.#access(gpa, false, isPrivate);
      if (!('read' in frame)) return frame;
      return isPrivate ? (plainBlock(frame, gpa, this.#key)[gpa % BLOCK] ?? 0) : frame.byte(gpa % PAGE);
    });
  }

  override guest_store(gpa: number, byte: number, how: { private?: boolean } = {}): 0 | KvmExit | Errno {
    const isPrivate = how.private ?? true;
    return this.step('guest_store', [...accessArgs(gpa, isPrivate), show(byte)], () => {
      const frame = this.#access(gpa, true, isPrivate);
      if (!('read' in frame)) return frame;
      if (!isPrivate) {
        frame.write(gpa % PAGE, Uint8Array.of(byte));
        return 0;
      }
      const plain = plainBlock(frame, gpa, this.#key);
      plain[gpa % BLOCK] = byte;
      frame.write(blockOf(gpa), this.#key.encrypt(frame.pfn * PAGE + blockOf(gpa), plain));
      return 0;
    });
  }

  /** PVALIDATE on one page: accepts it (1) or gives it up (0). Faults that KVM repairs are repaired. */
  guest_pvalidate(gpa: number, validate: 0 | 1): Validated | RmpFail | RmpFault | KvmExit | Errno {
    return this.step('guest_pvalidate', [gpaText(gpa), String(validate)], () => {
      const frame = this.page(gpa, true, true);
      if (!('read' in frame)) return frame;
      const address = gpa - (gpa % PAGE);
      // The guest's own page table maps each address to itself.
      const page = { pfn: frame.pfn, gpa: address, gva: address, asid: this.asid, vmpl: 0 };
      const first = pvalidate(this.platform.rmp, page, RMP_PG_SIZE_4K, validate);
      if (!(first instanceof RmpFault && this.#rmpFault(gpa, first))) return first;
      return pvalidate(this.platform.rmp, page, RMP_PG_SIZE_4K, validate);
    });
  }

  /** What the guest reaches: the page, what KVM makes of the fault, or the exception that the guest itself gets. */
  #access(gpa: number, write: boolean, isPrivate: boolean): Frame | KvmExit | Errno {
    const frame = this.page(gpa, write, isPrivate);
    if (!('read' in frame)) return frame;
    const check = () =>
      snpGuestAccess(this.platform.rmp, frame.pfn, {
        access: write ? 'data-write' : 'data-read',
        map_level: '4K',
        asid: this.asid,
        gpa: gpa - (gpa % PAGE),
        gva: gpa,
        c_bit: isPrivate ? 1 : 0,
        vmpl: 0,
        cpl: 0,
      });
    const fault = check();
    const left = fault !== undefined && this.#rmpFault(gpa, fault) ? check() : fault;
    return left === undefined ? frame : new KvmExit(left.show(), {}, left.why);
  }

  /**
   * sev_handle_rmp_fault: splits a 2 MiB entry that stands in the way and zaps 512 guest frames. True when the guest has to try
   * again. For a 4 KiB entry KVM does nothing: it takes the fault for a spurious one.
   */
  #rmpFault(gpa: number, fault: RmpFault): boolean {
    const pfn = this.pfn(gpa);
    if (fault.kind !== '#NPF' || fault.check !== 'Page-Size' || pfn instanceof Errno || !this.platform.is2M(pfn))
      return false;
    if (this.platform.psmash(pfn) !== undefined) return false;
    const gfn = Math.floor(gpa / PAGE);
    this.stage2.zap(gfn - (gfn % REGION), gfn - (gfn % REGION) + REGION);
    this.host.note('PSMASH: the 2M entry is 512 of 4K, 512 guest frames zapped');
    return true;
  }
}

const accessArgs = (gpa: number, isPrivate: boolean): string[] => [gpaText(gpa), isPrivate ? 'private' : 'shared'];

const blockOf = (gpa: number): number => (gpa % PAGE) - (gpa % BLOCK);

function plainBlock(frame: Frame, gpa: number, key: MemoryKey): Uint8Array {
  const at = blockOf(gpa);
  return key.decrypt(frame.pfn * PAGE + at, frame.read(at, BLOCK));
}

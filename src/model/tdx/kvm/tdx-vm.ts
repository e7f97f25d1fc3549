/**
 * A TDX guest as KVM runs it: the TDP MMU with a mirror, and behind the mirror the module's Secure EPT.
 * Source: arch/x86/kvm/vmx/tdx.c (tdx_td_init, tdx_vcpu_init_mem_region, tdx_gmem_post_populate, tdx_td_finalize,
 * tdx_handle_ept_violation, tdx_mmu_release_hkid, tdx_vm_destroy), Linux 6.16.1, read. The module's rules are those that were run.
 * Left out: registers, TDVMCALLs, several packages, signals that interrupt an ioctl, zero-step mitigation.
 */
import { Errno } from '../../errno.ts';
import { KVM_HC_MAP_GPA_RANGE, KVM_MEMORY_ATTRIBUTE_PRIVATE, KVM_X86_TDX_VM } from '../../kvm/constants.ts';
import { gpaText, KvmExit } from '../../kvm/exit.ts';
import { TdpVm } from '../../kvm/tdp/tdp-vm.ts';
import type { Host } from '../../linux/host.ts';
import type { Process } from '../../linux/process.ts';
import type { Frame } from '../../machine/memory.ts';
import { type Owner, Trace, type TraceEvent } from '../../trace.ts';
import { PAGE } from '../../units.ts';
import { TdExit, type VirtualizationException } from '../exit.ts';
import { type MapGpaResult, map_gpa, TDX_MAP_GPA_MAX_LEN } from '../map-gpa.ts';
import { CHUNK } from '../measurement.ts';
import { TdxModule } from '../module.ts';
import { KVM_TDX_MEASURE_MEMORY_REGION } from '../regions.ts';
import type { TdxStatus } from '../status.ts';
import { MIN_TDCX } from '../td.ts';
import { type KvmTdx, pa, reclaim, SeptHooks } from './sept-hooks.ts';

/** The first page frame that a machine hands out: the memory that TDs may use begins there. */
const FIRST = 0x1000 * PAGE;

/** Steps of the module in the machine's trace. Whose the guest's pages are is told by its file; control pages would drown it. */
class Steps extends Trace {
  readonly #trace: Trace;

  constructor(trace: Trace) {
    super();
    this.#trace = trace;
  }

  override record(event: Omit<TraceEvent, 'seq'>): void {
    this.#trace.record({ ...event, owners: [] });
  }
}

const modules = new WeakMap<Host, TdxModule>();

/** The TDX module of a machine: one for all its TDs. */
export function tdx_module(host: Host): TdxModule {
  let module = modules.get(host);
  if (module === undefined) {
    module = new TdxModule({
      tdmrs: [[FIRST, host.memory.total * PAGE]],
      frame: (hpa) => host.memory.frame(Math.floor(hpa / PAGE)),
      trace: new Steps(host.trace),
    });
    modules.set(host, module);
  }
  return module;
}

/** The argument of KVM_TDX_INIT_MEM_REGION: struct kvm_tdx_init_mem_region and the flags of the command. Bytes. */
export interface TdxMemRegion {
  readonly source_addr: number | Errno;
  readonly gpa: number;
  readonly nr_pages: number;
  readonly flags?: number;
}

export interface TdxVmOptions {
  /** 0: 48 bits of guest physical address; 1: 52. */
  readonly gpaw?: 0 | 1;
  /** The guest wants exits instead of #VE for pages that it has not accepted: Linux guests do. */
  readonly sept_ve_disable?: boolean;
}

/** What user space does with one exit, in bytes and without the shared bit: 0, or why it did not convert. */
export type Converts = (exit: KvmExit, address: number, size: number, toPrivate: boolean) => 0 | Errno;

type Access = KvmExit | Errno | VirtualizationException;

/** KVM retries a fault locally; more often than this it would go on for ever. */
const TRIES = 8;

export class TdxVm extends TdpVm {
  readonly module: TdxModule;
  readonly #tdx: KvmTdx & { vcpus: number };
  readonly #options: TdxVmOptions;
  readonly #tdr: Frame;
  /** TDCX and TDVPR pages, to be reclaimed at the end. */
  readonly #control: Frame[] = [];

  constructor(process: Process, name: string, options: TdxVmOptions = {}) {
    const { host } = process;
    const tdr = page(host);
    const module = tdx_module(host);
    const tdx = {
      module,
      memory: host.memory,
      tdr: pa(tdr),
      runnable: false,
      hkid_assigned: false,
      nr_premapped: 0,
      vcpus: 0,
    };
    const wide = options.gpaw === 1;
    super(process, name, KVM_X86_TDX_VM, {
      gfn_direct_bits: wide ? 2 ** 39 : 2 ** 35,
      levels: wide ? 5 : 4,
      external: new SeptHooks(tdx),
    });
    this.module = module;
    this.#tdx = tdx;
    this.#tdr = tdr;
    this.#options = options;
  }

  /** Physical address of the TD's root page: its name in the module. */
  get tdr(): number {
    return this.#tdx.tdr;
  }

  /** Leaves of the mirror that were built and not yet filled. */
  get nr_premapped(): number {
    return this.#tdx.nr_premapped;
  }

  /** The letter of a page of the guest's file: the guest's while the module has it, else the host's. */
  override gmemOwner(frame: Frame): Owner | undefined {
    return this.module.machine.pamt.find(pa(frame))?.entry.type === 'REG' ? 'P' : 'H';
  }

  /** KVM_TDX_INIT_VM and KVM_TDX_INIT_VCPU: key, control pages, one virtual CPU. Errors: EINVAL (done before), EIO. */
  kvm_tdx_init_vm(): 0 | Errno {
    return this.ioctl(this.process, 'kvm_tdx_init_vm', [], () => {
      if (this.#tdx.hkid_assigned) return new Errno('EINVAL', 'The TD exists already.');
      const { module } = this;
      const { gpaw = 0, sept_ve_disable = true } = this.#options;
      const hkid = module.machine.hkids[0] + 1 + module.machine.tds.size;
      const steps = [
        () => module.tdh_mng_create(this.tdr, hkid),
        () => module.tdh_mng_key_config(this.tdr),
        ...Array.from({ length: MIN_TDCX }, () => () => module.tdh_mng_addcx(this.tdr, pa(this.#controlPage()))),
        () => module.tdh_mng_init(this.tdr, { gpaw, ept_levels: gpaw === 1 ? 5 : 4, sept_ve_disable }),
        () => module.tdh_vp_create(this.tdr, pa(this.#controlPage())),
      ];
      for (const step of steps) {
        const status = step();
        if (status.error) return new Errno('EIO', `${status.text}: ${status.why}`);
      }
      this.#tdx.hkid_assigned = true;
      this.#tdx.vcpus = 1;
      return 0;
    });
  }

  #controlPage(): Frame {
    const frame = page(this.host);
    this.#control.push(frame);
    return frame;
  }

  /**
   * vCPU ioctl KVM_TDX_INIT_MEM_REGION: for each page the mirror is built, TDH.MEM.PAGE.ADD copies and encrypts, and with the
   * flag sixteen TDH.MR.EXTEND measure. Errors: EINVAL (an argument, a page that is not private, a TD that may run already), EIO.
   */
  kvm_tdx_init_mem_region(region: TdxMemRegion): 0 | Errno {
    const { source_addr: source, gpa, nr_pages, flags = 0 } = region;
    const args = [gpaText(gpa), `${nr_pages} pages`, flags === 0 ? '0' : 'KVM_TDX_MEASURE_MEMORY_REGION'];
    return this.ioctl(this.process, 'kvm_tdx_init_mem_region', args, () => {
      if (!this.#tdx.hkid_assigned || this.#tdx.runnable) {
        return new Errno('EINVAL', 'Initial memory is added after KVM_TDX_INIT_VM and before KVM_TDX_FINALIZE_VM.');
      }
      if ((flags & ~KVM_TDX_MEASURE_MEMORY_REGION) !== 0) return new Errno('EINVAL', 'A flag is not known.');
      if (source instanceof Errno) return new Errno('EINVAL', 'The source is the result of a refused call.');
      const end = gpa + nr_pages * PAGE;
      const isPrivate = nr_pages > 0 && end <= this.shared(0);
      if (source % PAGE !== 0 || gpa % PAGE !== 0 || !isPrivate) {
        return new Errno('EINVAL', 'Source and guest address are multiples of a page, and the range is private.');
      }
      for (let done = 0; done < nr_pages; done++) {
        const refused = this.#addPage(source + done * PAGE, gpa + done * PAGE, flags);
        if (refused !== undefined) return refused;
      }
      return 0;
    });
  }

  #addPage(source: number, gpa: number, flags: number): Errno | undefined {
    const done = this.kvm_gmem_populate(gpa / PAGE, null, 1, (_gfn, frame) => {
      const from = this.byAddress(source, false);
      if (!('pfn' in from)) return from instanceof Errno ? from : new Errno('EFAULT', 'The source cannot be read.');
      const mapped = this.page(gpa, true);
      if (mapped instanceof Errno) return mapped;
      if (mapped instanceof KvmExit) return new Errno('EFAULT', mapped.why);
      const added = this.module.tdh_mem_page_add(this.tdr, gpa, pa(frame), pa(from));
      if (added.error) return new Errno('EIO', `${added.text}: ${added.why}`);
      this.#tdx.nr_premapped--;
      if ((flags & KVM_TDX_MEASURE_MEMORY_REGION) === 0) return undefined;
      for (let offset = 0; offset < PAGE; offset += CHUNK) this.module.tdh_mr_extend(this.tdr, gpa + offset);
      return undefined;
    });
    return done instanceof Errno ? done : undefined;
  }

  /** KVM_TDX_FINALIZE_VM: the measurement is closed and the guest may run. Errors: EINVAL (done before, pages not filled), EIO. */
  kvm_tdx_finalize_vm(): 0 | Errno {
    return this.ioctl(this.process, 'kvm_tdx_finalize_vm', [], () => {
      if (!this.#tdx.hkid_assigned || this.#tdx.runnable) return new Errno('EINVAL', 'There is nothing to finalize.');
      if (this.#tdx.nr_premapped > 0) return new Errno('EINVAL', 'Pages are mapped that were never filled.');
      const status = this.module.tdh_mr_finalize(this.tdr);
      if (status.error) return new Errno('EIO', `${status.text}: ${status.why}`);
      this.#tdx.runnable = true;
      return 0;
    });
  }

  /** A private fault of KVM's own while the guest is built: the mirror gets a leaf that nothing has filled. For experiments. */
  premap(gpa: number): 0 | Errno {
    return this.step('kvm_tdp_map_page', [gpaText(gpa)], () => {
      const found = this.page(gpa, true);
      if (found instanceof Errno) return found;
      return found instanceof KvmExit ? new Errno('EFAULT', found.why) : 0;
    });
  }

  /** vCPU ioctl KVM_PRE_FAULT_MEMORY. Errors besides those of other VMs: EOPNOTSUPP before the guest is finalized. */
  override kvm_pre_fault_memory(gpa: number, size: number, flags = 0): 0 | Errno {
    if (this.#tdx.runnable) return super.kvm_pre_fault_memory(gpa, size, flags);
    return this.step('kvm_pre_fault_memory', [gpaText(gpa), String(size)], () => {
      return new Errno('EOPNOTSUPP', 'Nothing is faulted in ahead of time before the guest is finalized.');
    });
  }

  /** The guest loads one byte. A page that waits for acceptance is a #VE, or the end of a guest that asked for exits. */
  load(gpa: number): number | Access {
    return this.step('guest_load', [gpaText(gpa)], () => {
      const found = this.#access(gpa, () => this.module.guest_read(this.tdr, gpa, 1), false);
      if (found instanceof Uint8Array) return found[0] ?? 0;
      return 'pfn' in found ? found.byte(gpa % PAGE) : found;
    });
  }

  /** The guest stores one byte. */
  store(gpa: number, byte: number): 0 | Access {
    return this.step('guest_store', [gpaText(gpa), String(byte)], () => {
      const write = () => this.module.guest_write(this.tdr, gpa, Uint8Array.of(byte));
      const found = this.#access(gpa, write, true);
      if (found === 0) return 0;
      if (!('pfn' in found)) return found;
      found.write(gpa % PAGE, Uint8Array.of(byte));
      return 0;
    });
  }

  /** The guest accepts a page of 4 KiB; where the host has to give one first, it does. */
  accept(gpa: number): TdxStatus | Access {
    return this.step('guest_accept', [gpaText(gpa)], () => {
      const found = this.#access(gpa, () => this.module.tdg_mem_page_accept(this.tdr, gpa, 0), true);
      if ('pfn' in found) return new Errno('EINVAL', 'Shared memory is not accepted.');
      return found as TdxStatus | Access;
    });
  }

  /**
   * The guest's TDG.VP.VMCALL<MapGPA>, in bytes; the shared bit of `gpa` says what it wants. `converts` is user space's answer to
   * each exit: setting the attribute, unless it says otherwise.
   */
  tdg_vp_vmcall_map_gpa(gpa: number, size: number, converts: Converts = this.#convert): MapGpaResult {
    const toPrivate = gpa < this.shared(0);
    const first = toPrivate ? gpa : gpa - this.shared(0);
    const answer = (exit: KvmExit, piece: number) => {
      const at = piece * TDX_MAP_GPA_MAX_LEN;
      const length = Math.min(TDX_MAP_GPA_MAX_LEN, size - at);
      return converts(exit, first + at, length, toPrivate) instanceof Errno ? 1 : 0;
    };
    const exits = (this.hypercallExits & (1 << KVM_HC_MAP_GPA_RANGE)) !== 0;
    return this.step('guest_map_gpa', [gpaText(gpa), String(size)], () =>
      map_gpa(gpa, size, { gpaw: this.#options.gpaw ?? 0, exits, answer }),
    );
  }

  readonly #convert: Converts = (_exit, address, size, toPrivate) =>
    this.kvm_set_memory_attributes({ address, size, attributes: toPrivate ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0 });

  /** Runs one guest access until it is done, is the guest's own matter, or is user space's. */
  #access<T extends object | 0>(
    gpa: number,
    run: () => T | TdExit | VirtualizationException,
    write: boolean,
  ): T | Access | Frame {
    if (!this.#tdx.runnable) return new Errno('EINVAL', 'The guest is not finalized: KVM_RUN is refused.');
    if (this.vm_dead) return this.dead();
    if (gpa >= this.shared(0)) return this.page(gpa, write);
    for (let tries = 0; tries < TRIES; tries++) {
      this.#enter();
      const result = run();
      if (!(result instanceof TdExit)) return result;
      this.module.td_exit(this.tdr);
      if (result.extended_qualification === 'PENDING_EPT_VIOLATION') {
        this.vm_dead = true;
        return new Errno('EIO', 'The guest touched memory before it accepted it: KVM ends the VM.');
      }
      const found = this.page(gpa, true);
      if (!('pfn' in found)) return found;
    }
    return new Errno('EAGAIN', `The fault at ${gpaText(gpa)} is retried for ever.`);
  }

  #enter(): void {
    if (this.module.td(this.tdr)?.epochs.isInside(0) !== true) this.module.tdh_vp_enter(this.tdr, 0);
  }

  /** What KVM itself would do with a fault goes through the module for such a guest. */
  override guest_load(): never {
    throw new TypeError("a TDX guest's accesses go through the module: load, store, accept");
  }

  override guest_store(): never {
    return this.guest_load();
  }

  /** The key goes first; then the pages of the Secure EPT can be reclaimed, then the control pages, the root page last. */
  protected override destroyTables(): void {
    const { module, tdr } = this;
    if (this.#tdx.hkid_assigned) {
      if (module.td(tdr)?.epochs.isInside(0) === true) module.td_exit(tdr);
      if (module.td(tdr)?.associated.has(0) === true) module.tdh_vp_flush(tdr, 0);
      module.tdh_mng_vpflushdone(tdr);
      module.tdh_phymem_cache_wb();
      module.tdh_mng_key_freeid(tdr);
      this.#tdx.hkid_assigned = false;
    }
    super.destroyTables();
    for (const frame of [...this.#control, this.#tdr]) {
      const lost = module.td(tdr) === undefined ? undefined : reclaim(module, frame);
      if (lost instanceof Errno) this.host.note(`page frame ${frame.pfn} is lost: ${lost.why}`);
      else this.host.memory.put(frame);
    }
  }
}

function page(host: Host): Frame {
  const frame = host.memory.allocate();
  if (frame === undefined) throw new RangeError('The machine has no free memory.');
  return frame;
}

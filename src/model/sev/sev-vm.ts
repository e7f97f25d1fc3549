/**
 * A VM of the types SEV and SEV-ES, or a default one that KVM_SEV_INIT makes into such a one: launch commands, registered memory, the
 * guest's accesses with and without the C-bit, and its encryption context shared or moved.
 *
 * Guest memory is ordinary memory that the VMM maps; KVM finds it by user address, as for any VM.
 * Source: arch/x86/kvm/svm/sev.c, Linux 6.16.1; Documentation/virt/kvm/x86/amd-memory-encryption.rst. Left out: running vCPUs (the
 * guest's accesses are calls of the VM), page tables of the guest (the C-bit is said with the access), GHCB, SEND and RECEIVE.
 */
import { Errno, type Result } from '../errno.ts';
import { KVM_MEM_LOG_DIRTY_PAGES, KVM_X86_DEFAULT_VM, KVM_X86_SEV_ES_VM, KVM_X86_SEV_VM } from '../kvm/constants.ts';
import { gpaText, type KvmExit } from '../kvm/exit.ts';
import { KvmVm } from '../kvm/kvm-vm.ts';
import { O_RDWR } from '../linux/constants.ts';
import type { Process } from '../linux/process.ts';
import type { Frame } from '../machine/memory.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';
import { GuestContext, sharedKey } from './guest-context.ts';
import { dropLetter, setLetter } from './letters.ts';
import { type SevMachine, sevMachine } from './machine.ts';
import { GuestOwner, Measurement, type SecretPacket } from './measurement.ts';
import { drawSevVm } from './picture.ts';
import {
  dropRegion,
  type EncRegion,
  pinMemory,
  type Region,
  registerRegion,
  unpinMemory,
  unregisterRegion,
} from './regions.ts';
import {
  KVM_CAP_VM_COPY_ENC_CONTEXT_FROM,
  KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM,
  type SevCommand,
  type SevRules,
  sevRules,
} from './rules.ts';
import { SevStatus } from './sev-status.ts';
import { copyContext, isMirror, moveContext } from './sharing.ts';
import { Vcpu } from './vcpu.ts';

/** What KVM keeps of a VM's encryption context (struct kvm_sev_info). */
export interface SevInfo {
  active: boolean;
  es: boolean;
  asid: number;
  context: GuestContext | undefined;
  /** The VM whose context this one mirrors (enc_context_owner). */
  owner: SevVm | undefined;
  /** VMs that mirror this one. */
  mirrors: Set<SevVm>;
  regions: Region[];
  pages_locked: number;
  /** Pages that have a letter because of this guest. */
  used: Set<Frame>;
}

/** The fields of struct kvm_sev_launch_start that are modelled. */
export interface LaunchStart {
  /** SEV_POLICY bits; 0 by default. */
  readonly policy?: number;
  /** Whose keys came with the session. */
  readonly owner?: GuestOwner;
  /** Handle of another guest of this machine, whose key this one is to have; 0 (a new key) by default. */
  readonly handle?: number;
}

export class SevVm extends KvmVm {
  readonly sev: SevInfo = {
    active: false,
    es: false,
    asid: 0,
    context: undefined,
    owner: undefined,
    mirrors: new Set(),
    regions: [],
    pages_locked: 0,
    used: new Set(),
  };
  readonly vcpus: Vcpu[] = [];
  /** The field `error` of the last command: what the firmware said. */
  sev_error: SevStatus | undefined;
  /** The lock of the structure was still taken when it was freed. */
  freed_with_lock = false;

  constructor(process: Process, name: string, type: number) {
    super(process, name, type);
    this.host.drawings.push((nodes, edges) => drawSevVm(this, nodes, edges));
  }

  get machine(): SevMachine {
    return sevMachine(this.host);
  }

  get rules(): SevRules {
    return sevRules(this.host.kernel);
  }

  /** The ASID that the VM's guest runs with; 0 without SEV. */
  get asid(): number {
    return this.sev.asid;
  }

  /** True where the kernel takes the VM for a mirror. */
  get mirroring(): boolean {
    return isMirror(this);
  }

  /** ioctl KVM_MEMORY_ENCRYPT_OP: what a mirror may not do is refused before anything else. */
  #op<T>(command: SevCommand, args: readonly unknown[], body: (context: GuestContext) => T): T | Errno {
    return this.ioctl(this.process, command.toLowerCase(), args, () => {
      if (isMirror(this) && !this.rules.mirror_commands.includes(command)) {
        return new Errno(
          this.rules.mirror_error,
          'The kernel takes this VM for a mirror, which may not use the command.',
        );
      }
      if (!this.sev.active) return new Errno('ENOTTY', 'The VM is not an SEV guest.');
      const { context } = this.sev;
      if (context !== undefined) return body(context);
      return this.#refused(new SevStatus('INVALID_GUEST', 'The VM has no handle of a guest of the firmware.'));
    });
  }

  #refused(status: SevStatus): Errno {
    this.sev_error = status;
    return new Errno('EIO', `Firmware: ${status.name}. ${status.why}`);
  }

  #done(status: SevStatus | undefined): 0 | Errno {
    return status === undefined ? 0 : this.#refused(status);
  }

  #init(
    command: 'KVM_SEV_INIT' | 'KVM_SEV_ES_INIT' | 'KVM_SEV_INIT2',
    types: readonly number[],
    es: boolean,
  ): 0 | Errno {
    return this.ioctl(this.process, command.toLowerCase(), [], () => {
      if (isMirror(this)) return new Errno(this.rules.mirror_error, 'The kernel takes this VM for a mirror.');
      if (!types.includes(this.type)) return new Errno('EINVAL', 'The command does not go with the type of the VM.');
      if (this.vcpus.length > 0) return new Errno('EINVAL', 'The VM has vCPUs already.');
      if (this.sev.active) return new Errno('EINVAL', 'The VM is an SEV guest already.');
      const asid = this.machine.asids.allocate(es);
      if (asid instanceof Errno) return asid;
      Object.assign(this.sev, { active: true, es, asid });
      this.host.note(`ASID ${asid}`);
      return 0;
    });
  }

  /** KVM_SEV_INIT on a default VM. Errors: EINVAL, EBUSY (no ASID). */
  kvm_sev_init(): 0 | Errno {
    return this.#init('KVM_SEV_INIT', [KVM_X86_DEFAULT_VM], false);
  }

  /** KVM_SEV_ES_INIT on a default VM. Errors: EINVAL, EBUSY (no ASID). */
  kvm_sev_es_init(): 0 | Errno {
    return this.#init('KVM_SEV_ES_INIT', [KVM_X86_DEFAULT_VM], true);
  }

  /** KVM_SEV_INIT2 on a VM of type KVM_X86_SEV_VM or KVM_X86_SEV_ES_VM (6.10 and later). Errors: EINVAL, EBUSY (no ASID). */
  kvm_sev_init2(): 0 | Errno {
    const types = this.rules.init2 ? [KVM_X86_SEV_VM, KVM_X86_SEV_ES_VM] : [];
    return this.#init('KVM_SEV_INIT2', types, this.type === KVM_X86_SEV_ES_VM);
  }

  /**
   * KVM_SEV_LAUNCH_START: the firmware makes a context with a key of its own, and the key goes into the slot of the ASID (ACTIVATE).
   * Answers 0; the handle is in `guest_status`. Errors: ENOTTY, EIO.
   */
  kvm_sev_launch_start(start: LaunchStart = {}): 0 | Errno {
    return this.ioctl(this.process, 'kvm_sev_launch_start', [start.policy ?? 0], () => {
      if (isMirror(this)) return new Errno(this.rules.mirror_error, 'The kernel takes this VM for a mirror.');
      if (!this.sev.active) return new Errno('ENOTTY', 'The VM is not an SEV guest.');
      const policy = start.policy ?? 0;
      const shared = sharedKey(this.machine, start.handle ?? 0, policy);
      if (shared instanceof SevStatus) return this.#refused(shared);
      const handle = this.machine.nextHandle();
      const owner = start.owner ?? new GuestOwner('nobody');
      const context = new GuestContext(this.machine, handle, policy, owner, shared);
      this.machine.contexts.set(handle, context);
      context.activate(this.sev.asid);
      this.sev.context = context;
      this.host.note(`guest ${handle}, its key in slot ${this.sev.asid}`);
      return 0;
    });
  }

  /** KVM_SEV_LAUNCH_UPDATE_DATA: measures and encrypts a range of user addresses in place. Bytes. Errors: ENOTTY, EINVAL, ENOMEM, EIO. */
  kvm_sev_launch_update_data(uaddr: Result, length: number): 0 | Errno {
    return this.#op('KVM_SEV_LAUNCH_UPDATE_DATA', [uaddr, length], (context) =>
      this.#onPages(uaddr, length, (frame, offset, size) => context.launch_update_data(frame, offset, size)),
    );
  }

  /** Pins a range, flushes it from the caches, and hands it to the firmware piece by piece. */
  #onPages(
    uaddr: Result,
    length: number,
    body: (frame: Frame, offset: number, size: number, done: number) => SevStatus | undefined,
  ): 0 | Errno {
    const frames = pinMemory(this, uaddr, length);
    if (frames instanceof Errno) return frames;
    let done = 0;
    let refused: SevStatus | undefined;
    for (const frame of frames) {
      const offset = ((uaddr as number) + done) % PAGE;
      const size = Math.min(PAGE - offset, length - done);
      this.#flush(frame);
      refused = body(frame, offset, size, done);
      if (refused !== undefined) break;
      this.sev.used.add(frame);
      done += size;
    }
    unpinMemory(this, frames);
    return this.#done(refused);
  }

  #flush(frame: Frame): void {
    this.machine.memory.clflush(frame);
    this.machine.memory.vmPageFlush(frame, this.sev.asid);
  }

  /** KVM_SEV_LAUNCH_UPDATE_VMSA: measures and encrypts the registers of each vCPU of this VM. Errors: ENOTTY (no SEV-ES), EIO. */
  kvm_sev_launch_update_vmsa(): 0 | Errno {
    return this.#op('KVM_SEV_LAUNCH_UPDATE_VMSA', [], (context) => {
      if (!this.sev.es) return new Errno('ENOTTY', 'The VM is not an SEV-ES guest.');
      for (const vcpu of this.vcpus) {
        const refused = context.launch_update_vmsa(vcpu.vmsa());
        if (refused !== undefined) return this.#refused(refused);
        vcpu.guest_state_protected = true;
      }
      return 0;
    });
  }

  /** KVM_SEV_LAUNCH_MEASURE: closes the launch digest. Errors: ENOTTY, EIO. */
  kvm_sev_launch_measure(): Measurement | Errno {
    return this.#op('KVM_SEV_LAUNCH_MEASURE', [], (context) => {
      const answer = context.launch_measure();
      return answer instanceof Measurement ? answer : this.#refused(answer);
    });
  }

  /** KVM_SEV_LAUNCH_SECRET: a packet of the guest owner goes to a user address, encrypted. Errors: ENOTTY, EINVAL, ENOMEM, EIO. */
  kvm_sev_launch_secret(packet: SecretPacket, uaddr: Result): 0 | Errno {
    return this.#op('KVM_SEV_LAUNCH_SECRET', [packet, uaddr], (context) =>
      this.#onPages(uaddr, packet.ciphertext.length, (frame, offset, _size, done) =>
        done === 0 ? context.launch_secret(packet, frame, offset) : undefined,
      ),
    );
  }

  /** KVM_SEV_LAUNCH_FINISH: the guest may run. Errors: ENOTTY, EIO. */
  kvm_sev_launch_finish(): 0 | Errno {
    return this.#op('KVM_SEV_LAUNCH_FINISH', [], (context) => this.#done(context.launch_finish()));
  }

  /** KVM_SEV_GUEST_STATUS. Errors: ENOTTY, EIO. */
  kvm_sev_guest_status(): { handle: number; policy: number; state: string } | Errno {
    return this.#op('KVM_SEV_GUEST_STATUS', [], ({ handle, policy, state }) => ({ handle, policy, state }));
  }

  /** KVM_SEV_DBG_DECRYPT: plaintext of a range within one page, where the policy allows it. Errors: ENOTTY, EINVAL, ENOMEM, EIO. */
  kvm_sev_dbg_decrypt(uaddr: Result, length: number): Uint8Array | Errno {
    return this.#op('KVM_SEV_DBG_DECRYPT', [uaddr, length], (context) => {
      let plain: Uint8Array | undefined;
      const done = this.#onPages(uaddr, length, (frame, offset, size) => {
        const answer = context.dbg_decrypt(frame, offset, size);
        if (answer instanceof SevStatus) return answer;
        plain = answer;
        return undefined;
      });
      return done instanceof Errno ? done : (plain as Uint8Array);
    });
  }

  /** KVM_SEV_DBG_ENCRYPT: stores plaintext as the guest would. Errors: ENOTTY, EINVAL, ENOMEM, EIO. */
  kvm_sev_dbg_encrypt(uaddr: Result, data: Uint8Array): 0 | Errno {
    return this.#op('KVM_SEV_DBG_ENCRYPT', [uaddr, data.length], (context) =>
      this.#onPages(uaddr, data.length, (frame, offset, size, done) =>
        context.dbg_encrypt(frame, offset, data.subarray(done, done + size)),
      ),
    );
  }

  /** A command by its name, for what is not modelled beyond the question whether this VM may use it: 0 where it may. */
  may_use(command: SevCommand): 0 | Errno {
    return this.#op(command, [], () => 0 as const);
  }

  /** ioctl KVM_MEMORY_ENCRYPT_REG_REGION. Errors: ENOTTY, EINVAL, ENOMEM; for a mirror as the kernel says. */
  kvm_memory_encrypt_reg_region(region: EncRegion): 0 | Errno {
    return this.#region('kvm_memory_encrypt_reg_region', region, registerRegion);
  }

  /** ioctl KVM_MEMORY_ENCRYPT_UNREG_REGION. Errors: ENOTTY, EINVAL. */
  kvm_memory_encrypt_unreg_region(region: EncRegion): 0 | Errno {
    return this.#region('kvm_memory_encrypt_unreg_region', region, unregisterRegion);
  }

  #region(op: string, region: EncRegion, body: (vm: SevVm, region: EncRegion) => 0 | Errno): 0 | Errno {
    return this.ioctl(this.process, op, [region.addr, region.size], () => {
      if (!this.sev.active) return new Errno('ENOTTY', 'The VM is not an SEV guest.');
      if (isMirror(this)) {
        return new Errno(this.rules.mirror_error, 'The kernel takes this VM for a mirror, which registers no memory.');
      }
      return body(this, region);
    });
  }

  /** ioctl KVM_CREATE_VCPU: a descriptor, which keeps the VM. Errors: EEXIST. */
  kvm_create_vcpu(id: number): Result {
    return this.ioctl(this.process, 'kvm_create_vcpu', [id], () => {
      if (this.vcpus.some((vcpu) => vcpu.id === id)) return new Errno('EEXIST', 'The VM has a vCPU of this number.');
      const inode = this.host.makeInode({
        kind: 'kvm',
        name: `${this.name} vCPU ${id}`,
        uid: 0,
        mode: 0o600,
        seals: null,
      });
      const file = this.host.makeOpenFile(inode, O_RDWR);
      this.kvm_get_kvm_safe();
      file.released = () => this.kvm_put_kvm();
      this.vcpus.push(new Vcpu(id));
      return this.process.install(file, true);
    });
  }

  /** ioctl KVM_ENABLE_CAP: sharing and moving a context take a descriptor. Errors: EINVAL (not in this kernel), and those of sharing.ts. */
  override kvm_enable_cap(capability: number, argument: Result, by: Process = this.process): 0 | Errno {
    const { copy, move } = this.rules;
    const sharing = [copy.capability, KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM];
    if (!sharing.includes(capability)) return super.kvm_enable_cap(capability, argument as number, by);
    return this.ioctl(by, 'kvm_enable_cap', [capability, argument], () => {
      if (capability === copy.capability) return copyContext(this, argument);
      if (capability === KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM && move !== 'absent') return moveContext(this, argument);
      return new Errno('EINVAL', 'This kernel has no such capability.');
    });
  }

  /** The guest loads one byte. `private` is the C-bit of its page table: set by default. */
  override guest_load(gpa: number, how: { private?: boolean } = {}): number | KvmExit | Errno {
    return this.step('guest_load', this.#words(gpa, how), () => {
      const found = this.page(gpa, false);
      if (!('byte' in found)) return found;
      return this.machine.memory.read(found, gpa % PAGE, 1, this.#use(found, how))[0] as number;
    });
  }

  /** The guest stores one byte. */
  override guest_store(gpa: number, byte: number, how: { private?: boolean } = {}): 0 | KvmExit | Errno {
    return this.step('guest_store', [...this.#words(gpa, how), show(byte)], () =>
      this.#store(gpa, Uint8Array.of(byte), how),
    );
  }

  /** The guest loads bytes of one page. */
  guest_read(gpa: number, length: number, how: { private?: boolean } = {}): Uint8Array | KvmExit | Errno {
    return this.step('guest_read', [...this.#words(gpa, how), String(length)], () => {
      const found = this.page(gpa, false);
      if (!('byte' in found)) return found;
      return this.machine.memory.read(found, gpa % PAGE, length, this.#use(found, how));
    });
  }

  /** The guest stores bytes into one page. */
  guest_write(gpa: number, data: Uint8Array, how: { private?: boolean } = {}): 0 | KvmExit | Errno {
    return this.step('guest_write', [...this.#words(gpa, how), `${data.length} bytes`], () =>
      this.#store(gpa, data, how),
    );
  }

  #store(gpa: number, data: Uint8Array, how: { private?: boolean }): 0 | KvmExit | Errno {
    const found = this.page(gpa, true);
    if (!('byte' in found)) return found;
    this.machine.memory.write(found, gpa % PAGE, data, this.#use(found, how));
    const gfn = Math.floor(gpa / PAGE);
    if (((this.slotOf(gfn)?.flags ?? 0) & KVM_MEM_LOG_DIRTY_PAGES) !== 0) this.stage2.markDirty(gfn);
    return 0;
  }

  #words(gpa: number, how: { private?: boolean }): string[] {
    return [gpaText(gpa), this.#encrypts(how) ? 'C=1' : 'C=0'];
  }

  #encrypts(how: { private?: boolean }): boolean {
    return this.sev.active && (how.private ?? true);
  }

  /** The ASID of an access; the page's letter follows how the guest uses it. */
  #use(frame: Frame, how: { private?: boolean }): number {
    if (!this.sev.active) return 0;
    const encrypts = this.#encrypts(how);
    setLetter(frame, encrypts ? 'P' : 'S');
    this.sev.used.add(frame);
    return encrypts ? this.sev.asid : 0;
  }

  /** Drops a reference; with the last one the context goes (sev_vm_destroy): a mirror lets go of its owner, an owner frees the ASID. */
  override kvm_put_kvm(): void {
    if (this.users === 1 && this.sev.active) this.#destroy();
    super.kvm_put_kvm();
  }

  #destroy(): void {
    const { owner, context, asid } = this.sev;
    if (isMirror(this)) {
      if (this.rules.destroy_keeps_lock) {
        this.freed_with_lock = true;
        this.host.note(`the lock of ${this.name} is still taken`);
      }
      owner?.sev.mirrors.delete(this);
      owner?.kvm_put_kvm();
      return;
    }
    this.machine.memory.wbinvd();
    for (const region of [...this.sev.regions]) dropRegion(this, region);
    context?.decommission();
    this.machine.asids.free(asid);
    for (const frame of this.sev.used) dropLetter(frame);
    this.host.note(`slot ${asid} emptied, ASID ${asid} waits for a flush`);
  }
}

/** ioctl KVM_CREATE_VM on a host with SEV. Errors: EINVAL (the machine or the kernel does not offer the type). */
export function kvm_create_sev_vm(process: Process, name: string, type: number = KVM_X86_DEFAULT_VM): SevVm {
  return process.host.step(process.name, 'kvm_create_vm', [name, String(type)], () => {
    if (!process.host.vm_types.includes(type)) throw new TypeError(`the host does not offer VM type ${type}`);
    return new SevVm(process, name, type);
  });
}

/**
 * One guest as the SEV firmware knows it: handle, key, state, launch digest; and the commands on it.
 *
 * States and checks: amd/AMD-ASPFW at 3ca6650dd35d878b3fcbe5c7f58b145eed042bbf, sev_mcmd.c; the public documents are AMD 55766
 * (SEV API) and Documentation/virt/kvm/x86/amd-memory-encryption.rst. Left out: sessions and certificates, SEND and RECEIVE,
 * the attestation report. Addresses that the firmware gets are system physical; here they are a frame and an offset.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { MemoryKey } from '../machine/cipher.ts';
import type { Frame } from '../machine/memory.ts';
import { utf8 } from '../utf8.ts';
import { setLetter } from './letters.ts';
import type { SevMachine } from './machine.ts';
import { type GuestOwner, Measurement, type SecretPacket, sev_measurement } from './measurement.ts';
import { SevStatus } from './sev-status.ts';

export type GuestState = 'LUPDATE' | 'LSECRET' | 'RUNNING';

/** Policy bits. Source: include/uapi/linux/psp-sev.h. */
export const SEV_POLICY_NODBG = 1;
export const SEV_POLICY_NOKS = 2;
export const SEV_POLICY_ES = 4;

/**
 * The key for a new guest that names another one: that guest's key, if the policies are equal and allow it. undefined for
 * handle 0, which asks for a new key.
 */
export function sharedKey(machine: SevMachine, handle: number, policy: number): MemoryKey | SevStatus | undefined {
  if (handle === 0) return undefined;
  const other = machine.contexts.get(handle);
  if (other === undefined) return new SevStatus('INVALID_GUEST', 'The firmware has no guest of this handle.');
  if (other.policy === policy && (policy & SEV_POLICY_NOKS) === 0) return other.key;
  return new SevStatus('POLICY_FAILURE', 'The policies differ, or they forbid sharing the key (NOKS).');
}

export class GuestContext {
  readonly handle: number;
  readonly policy: number;
  readonly owner: GuestOwner;
  readonly key: MemoryKey;
  state: GuestState = 'LUPDATE';
  /** The slot that has the key; undefined before ACTIVATE. */
  asid: number | undefined;
  readonly #machine: SevMachine;
  readonly #hash = sha256.create();
  #digest: Uint8Array | undefined;
  #measurement: Uint8Array | undefined;

  constructor(machine: SevMachine, handle: number, policy: number, owner: GuestOwner, key?: MemoryKey) {
    this.#machine = machine;
    this.handle = handle;
    this.policy = policy;
    this.owner = owner;
    this.key = key ?? new MemoryKey(`${machine.name}: guest ${handle}`);
  }

  #expect(state: GuestState, command: string): SevStatus | undefined {
    if (this.state === state) return undefined;
    return new SevStatus(
      'INVALID_GUEST_STATE',
      `${command} needs state ${state}; the guest is in state ${this.state}.`,
    );
  }

  /** ACTIVATE: the key goes into the slot of an ASID. */
  activate(asid: number): void {
    this.asid = asid;
    this.#machine.memory.setKey(asid, this.key);
  }

  /** LAUNCH_UPDATE_DATA on part of one page: the digest goes on over the plaintext, then the bytes are encrypted in place. */
  launch_update_data(frame: Frame, offset: number, length: number): SevStatus | undefined {
    const refused = this.#expect('LUPDATE', 'LAUNCH_UPDATE_DATA');
    if (refused !== undefined) return refused;
    if (offset % 16 !== 0) return new SevStatus('INVALID_ADDRESS', 'The address must be a multiple of 16 bytes.');
    if (length === 0 || length % 16 !== 0) {
      return new SevStatus('INVALID_LEN', 'The length must be a multiple of 16 bytes, and not 0.');
    }
    // The firmware works on the memory chips; whoever calls has flushed the caches.
    const plaintext = frame.readChips(offset, length);
    this.#hash.update(plaintext);
    frame.writeChips(offset, this.key.encrypt(frame.pfn * 4096 + offset, plaintext));
    setLetter(frame, 'P');
    return undefined;
  }

  /** LAUNCH_UPDATE_VMSA: the same for the registers of one vCPU. */
  launch_update_vmsa(vmsa: Uint8Array): SevStatus | undefined {
    const refused = this.#expect('LUPDATE', 'LAUNCH_UPDATE_VMSA');
    if (refused === undefined) this.#hash.update(vmsa);
    return refused;
  }

  /** LAUNCH_MEASURE: closes the digest. */
  launch_measure(): Measurement | SevStatus {
    const refused = this.#expect('LUPDATE', 'LAUNCH_MEASURE');
    if (refused !== undefined) return refused;
    this.#digest = this.#hash.digest();
    this.state = 'LSECRET';
    const nonce = sha256(utf8(`nonce of guest ${this.handle}`)).subarray(0, 16);
    this.#measurement = sev_measurement(this.owner.tik, this.policy, this.#digest, nonce);
    return new Measurement(this.#measurement, nonce);
  }

  /** The launch digest, 32 bytes; undefined before LAUNCH_MEASURE. */
  get digest(): Uint8Array | undefined {
    return this.#digest;
  }

  /** LAUNCH_SECRET: the packet is opened and its content stored, encrypted, in part of a page. */
  launch_secret(packet: SecretPacket, frame: Frame, offset: number): SevStatus | undefined {
    const refused = this.#expect('LSECRET', 'LAUNCH_SECRET');
    if (refused !== undefined) return refused;
    const secret = this.owner.unwrap(packet, this.#measurement as Uint8Array);
    if (secret === undefined) {
      return new SevStatus('BAD_MEASUREMENT', 'The packet was made for another measurement or with other keys.');
    }
    frame.writeChips(offset, this.key.encrypt(frame.pfn * 4096 + offset, secret));
    setLetter(frame, 'P');
    return undefined;
  }

  /** LAUNCH_FINISH. */
  launch_finish(): SevStatus | undefined {
    const refused = this.#expect('LSECRET', 'LAUNCH_FINISH');
    if (refused === undefined) this.state = 'RUNNING';
    return refused;
  }

  /** DBG_DECRYPT: plaintext of part of a page, where the policy allows debugging. */
  dbg_decrypt(frame: Frame, offset: number, length: number): Uint8Array | SevStatus {
    return this.#debug() ?? this.key.decrypt(frame.pfn * 4096 + offset, frame.readChips(offset, length));
  }

  /** DBG_ENCRYPT: the other way. */
  dbg_encrypt(frame: Frame, offset: number, data: Uint8Array): SevStatus | undefined {
    const refused = this.#debug();
    if (refused === undefined) frame.writeChips(offset, this.key.encrypt(frame.pfn * 4096 + offset, data));
    return refused;
  }

  #debug(): SevStatus | undefined {
    if ((this.policy & SEV_POLICY_NODBG) === 0) return undefined;
    return new SevStatus('POLICY_FAILURE', 'The policy of the guest forbids debugging.');
  }

  /** DEACTIVATE and DECOMMISSION: the slot is emptied and the context gone. */
  decommission(): void {
    if (this.asid !== undefined) this.#machine.memory.setKey(this.asid, undefined);
    this.asid = undefined;
    this.#machine.contexts.delete(this.handle);
  }
}

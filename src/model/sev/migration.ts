/**
 * A migration helper: code inside a guest, running in a mirror, that reads pages with the guest's key and hands them to the
 * hypervisor under a key that only helpers have.
 *
 * The posting of February 2021 names such a helper and does not show it (20210224085915.28751-1-natet@google.com). This one is the least that
 * does the work. Left out: how two helpers agree on the key (each host's guest owner attests the firmware that contains them),
 * order and freshness of the pages, dirty tracking, registers.
 */
import { Errno } from '../errno.ts';
import type { KvmExit } from '../kvm/exit.ts';
import { MemoryKey } from '../machine/cipher.ts';
import { PAGE } from '../units.ts';
import type { SevVm } from './sev-vm.ts';

/** One page on its way, under the helpers' key. */
export class SealedPage {
  readonly gpa: number;
  readonly bytes: Uint8Array;

  constructor(gpa: number, bytes: Uint8Array) {
    this.gpa = gpa;
    this.bytes = bytes;
  }

  show(): string {
    return `sealed page 0x${this.gpa.toString(16)}`;
  }
}

export class MigrationHelper {
  readonly mirror: SevVm;
  readonly #key: MemoryKey;

  /** `mirror` is the VM it runs in; helpers with the same `channel` understand each other. */
  constructor(mirror: SevVm, channel = 'migration') {
    this.mirror = mirror;
    this.#key = new MemoryKey(`channel ${channel}`);
  }

  /** Reads a page of the guest and seals it. */
  send(gpa: number): SealedPage | KvmExit | Errno {
    const page = this.mirror.guest_read(gpa, PAGE);
    return page instanceof Uint8Array ? new SealedPage(gpa, this.#key.encrypt(gpa, page)) : page;
  }

  /** Opens a page and stores it with the key of the guest here. */
  receive(page: SealedPage | KvmExit | Errno): 0 | KvmExit | Errno {
    if (!(page instanceof SealedPage)) return new Errno('EINVAL', 'There is no sealed page: sending it was refused.');
    return this.mirror.guest_write(page.gpa, this.#key.decrypt(page.gpa, page.bytes));
  }

  show(): string {
    return `helper in ${this.mirror.name}`;
  }
}

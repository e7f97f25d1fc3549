/** One vCPU, as far as launching an SEV-ES guest asks for it: its number, its first instruction, and whether its registers are sealed. */
import { PAGE } from '../units.ts';

/** Where RIP lies in the state save area. Source: AMD64 APM volume 2, table B-4; struct sev_es_save_area, Linux 6.16.1. */
const RIP = 0x178;

export class Vcpu {
  readonly id: number;
  rip = 0xfff0;
  /** The registers were encrypted and measured: KVM cannot read or change them any more. */
  guest_state_protected = false;

  constructor(id: number) {
    this.id = id;
  }

  /** The page with its registers, as it is measured. All but RIP are zero in the model. */
  vmsa(): Uint8Array {
    const page = new Uint8Array(PAGE);
    new DataView(page.buffer).setBigUint64(RIP, BigInt(this.rip), true);
    return page;
  }
}

/**
 * The guest asks for a conversion: KVM_HC_MAP_GPA_RANGE. KVM decides nothing and changes nothing; it hands the request to user
 * space as KVM_EXIT_HYPERCALL, and user space answers it with an attribute of its own.
 * Source: arch/x86/kvm/x86.c and Documentation/virt/kvm/x86/hypercalls.rst, mainline after 6.12; an SNP guest's page state
 * change and a TDX guest's MapGPA arrive in user space as the same exit (arch/x86/kvm/svm/sev.c, 6.16.1). Left out: requests
 * below CPL 0, 32-bit guests.
 */
import { Errno } from '../errno.ts';
import type { Showable } from '../show.ts';
import { PAGE } from '../units.ts';
import { KVM_HC_MAP_GPA_RANGE, KVM_MAP_GPA_RANGE_ENCRYPTED } from './constants.ts';
import { gpaText, KvmExit } from './exit.ts';

/** What the guest finds in its register when KVM itself refuses a hypercall. */
export class HypercallError implements Showable {
  readonly name: 'KVM_ENOSYS' | 'KVM_EINVAL';
  /** Why: one sentence for a person. */
  readonly why: string;

  constructor(name: HypercallError['name'], why: string) {
    this.name = name;
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    return `-${this.name}`;
  }
}

/** The hypercalls that user space may ask to see (KVM_EXIT_HYPERCALL_VALID_MASK). */
const EXITS = 1 << KVM_HC_MAP_GPA_RANGE;

/** KVM_CAP_EXIT_HYPERCALL: the mask as it is kept, or EINVAL for a hypercall that cannot be handed out. */
export function exitMask(mask: number): number | Errno {
  return (mask & ~EXITS) === 0
    ? mask
    : new Errno('EINVAL', 'Of all hypercalls only KVM_HC_MAP_GPA_RANGE can be handed out.');
}

/** The request as it leaves the guest. `gpa` in bytes, `npages` in pages of 4 KiB, `enabled` the mask of the capability. */
export function mapGpaRange(
  enabled: number,
  gpa: number,
  npages: number,
  attributes: number,
): KvmExit | HypercallError {
  if ((enabled & EXITS) === 0) {
    return new HypercallError('KVM_ENOSYS', 'User space has not enabled KVM_CAP_EXIT_HYPERCALL for this hypercall.');
  }
  if (gpa % PAGE !== 0 || npages <= 0) {
    return new HypercallError('KVM_EINVAL', 'The address must be a multiple of 4 KiB, and the range not empty.');
  }
  const wanted = (attributes & KVM_MAP_GPA_RANGE_ENCRYPTED) !== 0 ? 'encrypted' : 'decrypted';
  return new KvmExit(
    'KVM_EXIT_HYPERCALL',
    { nr: 'KVM_HC_MAP_GPA_RANGE', gpa: gpaText(gpa), npages: String(npages), attributes: wanted },
    'The guest asks for a conversion: KVM changes nothing, user space decides.',
  );
}

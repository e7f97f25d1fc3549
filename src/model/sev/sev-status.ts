/**
 * Status codes of the SEV firmware, as KVM hands them on: the ioctl answers EIO and the field `error` of struct kvm_sev_cmd has
 * the code. Source: include/uapi/linux/psp-sev.h, Linux 6.16.1.
 */
export const SEV_STATUS = {
  SUCCESS: 0,
  INVALID_PLATFORM_STATE: 1,
  INVALID_GUEST_STATE: 2,
  INVALID_CONFIG: 3,
  INVALID_LEN: 4,
  POLICY_FAILURE: 7,
  INACTIVE: 8,
  INVALID_ADDRESS: 9,
  BAD_MEASUREMENT: 11,
  ASID_OWNED: 12,
  INVALID_ASID: 13,
  INVALID_GUEST: 16,
} as const;

export type SevStatusName = keyof typeof SEV_STATUS;

/** What a refused firmware command says. */
export class SevStatus {
  readonly name: SevStatusName;
  readonly code: number;
  readonly why: string;

  constructor(name: SevStatusName, why: string) {
    this.name = name;
    this.code = SEV_STATUS[name];
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    return this.name;
  }
}

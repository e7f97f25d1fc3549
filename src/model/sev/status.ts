/**
 * What a command of the AMD secure processor answers: its status, by name.
 *
 * Numbers: `sev_ret_code`, include/uapi/linux/psp-sev.h, Linux 6.16.1, source read.
 */
import type { Showable } from '../show.ts';

/** The status codes of SEV and SEV-SNP firmware. */
export const FIRMWARE_STATUS = {
  SUCCESS: 0,
  INVALID_PLATFORM_STATE: 1,
  INVALID_GUEST_STATE: 2,
  INVALID_CONFIG: 3,
  INVALID_LEN: 4,
  ALREADY_OWNED: 5,
  INVALID_CERTIFICATE: 6,
  POLICY_FAILURE: 7,
  INACTIVE: 8,
  INVALID_ADDRESS: 9,
  BAD_SIGNATURE: 0xa,
  BAD_MEASUREMENT: 0xb,
  ASID_OWNED: 0xc,
  INVALID_ASID: 0xd,
  WBINVD_REQUIRED: 0xe,
  DFFLUSH_REQUIRED: 0xf,
  INVALID_GUEST: 0x10,
  INVALID_COMMAND: 0x11,
  ACTIVE: 0x12,
  HWSEV_RET_PLATFORM: 0x13,
  HWSEV_RET_UNSAFE: 0x14,
  UNSUPPORTED: 0x15,
  INVALID_PARAM: 0x16,
  RESOURCE_LIMIT: 0x17,
  SECURE_DATA_INVALID: 0x18,
  INVALID_PAGE_SIZE: 0x19,
  INVALID_PAGE_STATE: 0x1a,
  INVALID_MDATA_ENTRY: 0x1b,
  INVALID_PAGE_OWNER: 0x1c,
  AEAD_OFLOW: 0x1d,
  EXIT_RING_BUFFER: 0x1f,
  RMP_INIT_REQUIRED: 0x20,
  BAD_SVN: 0x21,
  BAD_VERSION: 0x22,
  SHUTDOWN_REQUIRED: 0x23,
  UPDATE_FAILED: 0x24,
  RESTORE_REQUIRED: 0x25,
  RMP_INITIALIZATION_FAILED: 0x26,
  INVALID_KEY: 0x27,
} as const;

export type FirmwareStatusName = keyof typeof FIRMWARE_STATUS;

/** The answer of one firmware command. It prints as its name. */
export class FirmwareStatus implements Showable {
  readonly name: FirmwareStatusName;
  /** The number, as KVM hands it to user space in `error`. */
  readonly code: number;
  /** Why the command was refused: one sentence for a person; empty on success. */
  readonly why: string;

  constructor(name: FirmwareStatusName, why = '') {
    this.name = name;
    this.code = FIRMWARE_STATUS[name];
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    return this.name;
  }
}

/** The one answer that is not a refusal. */
export const SUCCESS = new FirmwareStatus('SUCCESS');

/** True when a firmware command was refused. */
export const refused = (status: unknown): status is FirmwareStatus =>
  status instanceof FirmwareStatus && status.code !== 0;

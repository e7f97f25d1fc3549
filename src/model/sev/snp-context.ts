/**
 * The guest context: what the SNP firmware keeps of one guest, in a page that only it can write.
 * Source: amd/AMD-ASPFW 1.55.25, sev_guest.c and sev_mcmd.c, source read. Left out: the report's keys and ids, migration agents,
 * the TSC.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { Digest } from '../digest.ts';
import { PAGE } from '../units.ts';
import { utf8 } from '../utf8.ts';
import { DigestChain } from './digest-chain.ts';

/** Policy bits of SNP_LAUNCH_START. Source: arch/x86/kvm/svm/sev.c, Linux 6.16.1. */
export const SNP_POLICY_MASK_SMT = 1 << 16;
export const SNP_POLICY_MASK_RSVD_MBO = 1 << 17;

/** States of a guest context. */
export type SnpGuestState = 'INIT' | 'LAUNCH' | 'RUNNING';

export class SnpGuestContext {
  /** Physical address of the context page. */
  readonly spa: number;
  state: SnpGuestState = 'INIT';
  policy = 0;
  /** True where the context was made to take a migration image; then only IMI pages are taken. */
  imi = false;
  /** Set by SNP_ACTIVATE. */
  asid: number | undefined;
  readonly chain = new DigestChain();

  constructor(spa: number) {
    this.spa = spa;
  }

  /** GCTX.LD. */
  get digest(): Digest {
    return new Digest(this.chain.ld);
  }

  /** GCTX.IMD. */
  get imd(): Digest {
    return new Digest(this.chain.imd);
  }
}

const VMPCK = 0x20;
const KEY = 32;

/**
 * The secrets page: version at 0, then for the levels 0 to 3 a key by which the guest talks to the firmware, from 0x20 on.
 * Offsets: `struct snp_secrets_page`, arch/x86/include/asm/sev.h. The firmware draws the keys at random; here they follow from the
 * ASID and the context, so that two runs are the same. Left out: all other fields.
 */
export function secretsPage({ spa, asid }: SnpGuestContext): Uint8Array {
  const page = new Uint8Array(PAGE);
  page[0] = 3;
  for (let level = 0; level < 4; level++) page.set(sha256(utf8(`${spa} ${asid} ${level}`)), VMPCK + level * KEY);
  return page;
}

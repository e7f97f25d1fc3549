/**
 * SNP_LAUNCH_UPDATE on a page of a guest_memfd: measure, encrypt in place, Pre-Guest to Guest-Valid.
 * Source: amd/AMD-ASPFW 1.55.25, sev_mcmd.c. Left out: pages of 2 MiB, what the firmware writes into a SECRETS page (here
 * zeros), the seed of the key.
 */

import { Digest } from '../digest.ts';
import { MemoryKey } from '../machine/cipher.ts';
import type { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import type { CpuidLeaf } from './cpuid-page.ts';
import { DigestChain } from './digest-chain.ts';
import { launchAccept, launchCheck, launchOwner } from './firmware-pages.ts';
import { checkPageBytes, type LaunchPage, pageInfos } from './launch-page.ts';
import { SNP_PAGE_TYPE_CPUID, SNP_PAGE_TYPE_SECRETS, SNP_PAGE_TYPE_VMSA, SNP_PAGE_TYPE_ZERO } from './page-info.ts';
import type { Rmp } from './rmp.ts';
import { RMP_PG_SIZE_4K } from './rmp-entry.ts';
import { FirmwareStatus, SUCCESS } from './status.ts';

const ONLY_4K: readonly number[] = [SNP_PAGE_TYPE_VMSA, SNP_PAGE_TYPE_SECRETS, SNP_PAGE_TYPE_CPUID];

/** The guest context as KVM sees it: state, digest and what the processor may show. */
export class SnpContext {
  readonly asid: number;
  readonly key: MemoryKey;
  readonly processor: readonly CpuidLeaf[];
  readonly #chain = new DigestChain();
  state: 'LAUNCH' | 'RUNNING' = 'LAUNCH';
  /** Commands of SNP_LAUNCH_UPDATE that were accepted. */
  pages = 0;

  constructor(asid: number, processor: readonly CpuidLeaf[]) {
    this.asid = asid;
    this.key = new MemoryKey(`SNP guest of ASID ${asid}`);
    this.processor = processor;
  }

  /** GCTX.LD: what the attestation report will carry. */
  get digest(): Digest {
    return new Digest(this.#chain.ld);
  }

  /** The command. A refused one changes nothing, but a CPUID page, which then holds the table with the values allowed. */
  snp_launch_update(rmp: Rmp, frame: Frame, fields: Omit<LaunchPage, 'gpa' | 'data'>): FirmwareStatus {
    const spa = frame.pfn * PAGE;
    const only_4k = ONLY_4K.includes(fields.page_type);
    const check = launchCheck(rmp, spa, { page_size: RMP_PG_SIZE_4K, only_4k });
    if (check.code !== 0) return check;
    if (this.state !== 'LAUNCH')
      return new FirmwareStatus('INVALID_GUEST_STATE', 'The launch of this guest is finished.');
    const owner = launchOwner(rmp, spa, this.asid);
    if (owner.code !== 0) return owner;
    const page: LaunchPage = { ...fields, gpa: rmp.gpa(frame.pfn), data: frame.read(0, PAGE) };
    const verdict = checkPageBytes(page, this.processor);
    if (verdict.status.code !== 0) {
      if (verdict.corrected !== undefined) frame.write(0, verdict.corrected);
      return verdict.status;
    }
    for (const info of pageInfos(page)) this.#chain.add(info);
    this.pages++;
    frame.write(0, this.key.encrypt(spa, plaintext(page)));
    launchAccept(rmp, spa, {
      asid: this.asid,
      page_size: RMP_PG_SIZE_4K,
      only_4k,
      vmsa: page.page_type === SNP_PAGE_TYPE_VMSA,
      permissions: [page.vmpl1_perms ?? 0, page.vmpl2_perms ?? 0, page.vmpl3_perms ?? 0],
    });
    return SUCCESS;
  }
}

function plaintext({ page_type: type, data }: LaunchPage): Uint8Array {
  const made = type === SNP_PAGE_TYPE_ZERO || type === SNP_PAGE_TYPE_SECRETS;
  return made || data === undefined ? new Uint8Array(PAGE) : data;
}

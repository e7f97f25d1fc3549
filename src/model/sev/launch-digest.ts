/**
 * The launch digest of an SEV-SNP guest: a chain over the pages of SNP_LAUNCH_UPDATE in the order of the calls. The pages'
 * place in the RMP, their key and their state are left out (firmware.ts has them): this is what a verifier computes who
 * has nothing but the list of pages.
 *
 * Source: amd/AMD-ASPFW 1.55.25 (sev_mcmd.c, source read); held against content/evidence/snp_launch_digest.
 */

import { Digest } from '../digest.ts';
import type { DigestPicture } from '../picture.ts';
import { show } from '../show.ts';
import { Trace } from '../trace.ts';
import type { CpuidLeaf } from './cpuid-page.ts';
import { DigestChain } from './digest-chain.ts';
import { checkPageBytes, checkPageFields, gpaText64, type LaunchPage, pageInfos, typeName } from './launch-page.ts';
import { isMeasured, type PageInfo } from './page-info.ts';
import { type FirmwareStatus, SUCCESS } from './status.ts';

/** One record that entered the digest, or a command that was refused. */
export interface DigestStep {
  readonly page: LaunchPage;
  /** Absent for a refused command. */
  readonly info?: PageInfo;
  readonly status: FirmwareStatus;
  /** The digest after it. */
  readonly digest: Digest;
}

export interface LaunchDigestOptions {
  /** The digest to continue from, 48 bytes; zeros by default, because SNP_GCTX_CREATE clears the context page. */
  readonly digest?: Uint8Array;
  /** What the processor may show in the leaves of a CPUID page; leaves that are not named are not compared. */
  readonly processor?: readonly CpuidLeaf[];
}

export class LaunchDigest {
  readonly trace = new Trace();
  readonly steps: DigestStep[] = [];
  readonly #processor: readonly CpuidLeaf[];
  readonly #chain: DigestChain;
  readonly #start: Digest;

  constructor({ digest, processor = [] }: LaunchDigestOptions = {}) {
    this.#chain = new DigestChain(digest);
    this.#processor = processor;
    this.#start = this.digest;
  }

  /** GCTX.LD as it is now: what the attestation report carries as MEASUREMENT after the launch. */
  get digest(): Digest {
    return new Digest(this.#chain.ld);
  }

  /** GCTX.IMD: the chain over the pages whose IMI flag is set. */
  get imd(): Digest {
    return new Digest(this.#chain.imd);
  }

  /**
   * Measures one page. Status: INVALID_ADDRESS (not at a boundary of its size), INVALID_PAGE_SIZE (a 2M page of a type that
   * is always 4K), INVALID_PARAM (unknown type, refused CPUID table). A refused page leaves the digest as it was.
   */
  snp_launch_update(page: LaunchPage): FirmwareStatus {
    const before = this.digest;
    const fields = checkPageFields(page);
    const status = fields.code === 0 ? checkPageBytes(page, this.#processor).status : fields;
    if (status.code === 0) {
      for (const info of pageInfos(page)) {
        this.#chain.add(info);
        this.steps.push({ page, info, status, digest: this.digest });
      }
    } else {
      this.steps.push({ page, status, digest: before });
    }
    this.trace.record({
      actor: 'firmware',
      op: 'snp_launch_update',
      args: [typeName(page.page_type), gpaText64(page.gpa)],
      result: show(status),
      ...(status.why !== '' && { why: status.why }),
      changed: status.code === 0 ? [`digest ${show(before)} → ${show(this.digest)}`] : [],
      owners: [],
    });
    return status.code === 0 ? SUCCESS : status;
  }

  /** The chain as a picture, one step for each page; long runs in the middle are counted. */
  picture(title = 'Launch digest, page by page'): DigestPicture {
    return digestPicture(title, show(this.#start), this.steps);
  }
}

/** A chain as a picture. */
export function digestPicture(title: string, start: string, steps: readonly DigestStep[]): DigestPicture {
  return { kind: 'digest', title, start, steps: shortened(steps).map(drawn) };
}

/** Steps drawn before a longer list is cut in its middle. */
const MOST_DRAWN = 10;

function shortened(steps: readonly DigestStep[]): (DigestStep | number)[] {
  if (steps.length <= MOST_DRAWN) return [...steps];
  const end = MOST_DRAWN / 2;
  return [...steps.slice(0, end), steps.length - 2 * end, ...steps.slice(-end)];
}

function drawn(step: DigestStep | number): DigestPicture['steps'][number] {
  if (typeof step === 'number') return { label: `${step} more pages`, lines: [] };
  const { page, info, status } = step;
  const label = `${typeName(page.page_type)} ${gpaText64(info?.gpa ?? page.gpa)}`;
  if (info === undefined) return { label, lines: [], refused: status.name };
  const contents = isMeasured(page.page_type) ? `bytes ${show(new Digest(info.contents))}` : 'bytes not measured';
  const masks = info.vmpl_perms.some((mask) => mask !== 0) ? [`VMPL1 to 3: ${info.vmpl_perms.join(' ')}`] : [];
  return { label, lines: [contents, ...masks], digest: show(step.digest) };
}

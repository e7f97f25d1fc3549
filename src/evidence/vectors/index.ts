/** Every schema of vectors that a model answers for. */
import { snpLaunchDigest } from './snp-launch-digest.ts';
import { snpRmp } from './snp-rmp.ts';
import { tdxMemoryReads } from './tdx-memory-reads.ts';
import { tdxMrtd } from './tdx-mrtd.ts';
import { tdxSept } from './tdx-sept.ts';
import type { VectorSchema } from './vector.ts';

export const VECTORS: Readonly<Record<string, VectorSchema>> = {
  ...snpLaunchDigest,
  ...snpRmp,
  ...tdxMemoryReads,
  ...tdxMrtd,
  ...tdxSept,
};

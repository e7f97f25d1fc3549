/** The digests of a guest context as they grow, record by record. */
import { DIGEST_BYTES, extend, type PageInfo } from './page-info.ts';

/** A digest that nothing has entered yet. */
export const emptyDigest = (): Uint8Array => new Uint8Array(DIGEST_BYTES);

/** The two chains of a guest context: GCTX.LD, and GCTX.IMD for pages of an incoming migration image. */
export class DigestChain {
  ld: Uint8Array;
  imd = emptyDigest();

  constructor(start = emptyDigest()) {
    this.ld = start;
  }

  /** One record; with its IMI flag set it enters both chains. */
  add(info: PageInfo): void {
    this.ld = extend(this.ld, info);
    if (info.imi_page) this.imd = extend(this.imd, info);
  }
}

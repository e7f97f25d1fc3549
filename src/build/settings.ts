/** Where the build writes. */
import { resolve } from 'node:path';

/** The finished site: `dist`, or what `UNMAPPED_OUT` names. */
export const OUT = resolve(process.env['UNMAPPED_OUT'] || 'dist');

/** What is kept between builds; `--cold` empties it first. */
export const CACHE = resolve('.cache');

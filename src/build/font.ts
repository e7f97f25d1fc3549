/**
 * Makes src/styles/serif.woff2 from the Source Serif 4 package: run by hand after a change here, the result is
 * committed. Only what the prose needs is kept: Latin letters, a few signs, weights 400 to 600 at the optical size of
 * running text.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import subsetFont from 'subset-font';

const SOURCE = 'node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz-normal.woff2';
const TARGET = 'src/styles/serif.woff2';
/** The budget of a reading page leaves this much for the face. */
const MOST_BYTES = 20_000;

/** Signs that only code has; code is set in the reader's monospace. */
const CODE_ONLY = /[`^~\\|{}$@#<>]/g;
const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  .join('')
  .replace(CODE_ONLY, '');
const signs = '\u00a0–—‘’“”…·→×≤≥≠';
const names = 'äöüéèáíóçø';

const font = await subsetFont(readFileSync(SOURCE), ascii + signs + names, {
  targetFormat: 'woff2',
  variationAxes: { wght: { min: 400, max: 600 }, opsz: 14 },
  keepFeatures: ['kern', 'tnum'],
  noHinting: true,
});
if (font.length > MOST_BYTES) throw new Error(`${TARGET} would be ${font.length} bytes, over ${MOST_BYTES}`);
writeFileSync(TARGET, font);
console.log(`${TARGET} ${font.length} bytes`);

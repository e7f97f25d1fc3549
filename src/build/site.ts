/**
 * The whole build, in order: `npm run build`. Each step is a file in steps/; a step that fails says why and ends it.
 * `--cold` forgets everything that is kept between builds.
 */
import { rmSync } from 'node:fs';
import { prepareCitations } from '../citation/build.ts';
import { writeTextForms } from '../citation/text/build.ts';
import { writeEvidence } from '../evidence/site.ts';
import { copyServed, prepare } from '../snippet/check.ts';
import { readPages } from './built.ts';
import { CACHE, OUT } from './settings.ts';
import { runSteps } from './step.ts';
import { writeAddressFiles } from './steps/address-files.ts';
import { compressAll } from './steps/compress.ts';
import { checkSite } from './steps/final-checks.ts';
import { writeHeaders } from './steps/headers.ts';
import { buildPages } from './steps/pages.ts';
import { writeSearchIndex } from './steps/search-index.ts';

const start = performance.now();
if (process.argv.includes('--cold')) rmSync(CACHE, { recursive: true, force: true });
rmSync(OUT, { recursive: true, force: true });

const good = await runSteps([
  { name: 'snippets', run: () => prepare() },
  { name: 'evidence', run: writeEvidence },
  { name: 'claims', run: () => `${prepareCitations().claims.length} claims` },
  { name: 'pages', run: buildPages },
  { name: 'code for the sandbox', run: () => `${copyServed(OUT)} files` },
  { name: 'text forms', run: () => `${writeTextForms(OUT)} pages` },
  { name: 'sitemap and robots', run: writeAddressFiles },
  { name: 'headers', run: writeHeaders },
  { name: 'search index', run: writeSearchIndex },
  { name: 'final checks', run: checkSite },
  { name: 'compression', run: compressAll },
]);
if (!good) process.exit(1);
console.log(`built ${readPages(OUT).length} pages in ${((performance.now() - start) / 1000).toFixed(1)} s`);
// Astro leaves a watcher behind in some versions; the work is done.
process.exit(0);

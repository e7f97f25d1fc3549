/** Brotli beside every text file, for our own server and for hosts that serve precompressed files. */
import { readdirSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { OUT } from '../settings.ts';

const TEXT = /\.(html|css|js|mjs|json|svg|txt|md|xml|wasm)$/;
const compress = promisify(brotliCompress);

/** Pages of which there are hundreds, each small. */
const MANY = /^(c|compare|evidence)\//;

/** The last percent of size costs most of the time: it is spent on the pages of prose and on what every page loads. */
function quality(file: string): number {
  return /\.(html|css|js)$/.test(file) && !MANY.test(file) ? 11 : 6;
}

export async function compressAll(): Promise<string> {
  const files = readdirSync(OUT, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => TEXT.test(file) && statSync(join(OUT, file)).isFile());
  let at = 0;
  const worker = async (): Promise<void> => {
    for (let file = files[at++]; file !== undefined; file = files[at++]) {
      const path = join(OUT, file);
      const text = await readFile(path);
      const params = {
        [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
        [constants.BROTLI_PARAM_QUALITY]: quality(file),
      };
      await writeFile(`${path}.br`, await compress(text, { params }));
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return `${files.length} files`;
}

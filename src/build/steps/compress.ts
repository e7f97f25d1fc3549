/** Brotli beside every text file, for our own server and for hosts that serve precompressed files. */
import { readdirSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { OUT } from '../settings.ts';

const TEXT = /\.(html|css|js|mjs|json|svg|txt|md|xml|wasm)$/;
const compress = promisify(brotliCompress);

export async function compressAll(): Promise<string> {
  const files = readdirSync(OUT, { recursive: true, encoding: 'utf8' })
    .filter((file) => TEXT.test(file))
    .map((file) => join(OUT, file))
    .filter((file) => statSync(file).isFile());
  let at = 0;
  const worker = async (): Promise<void> => {
    for (let file = files[at++]; file !== undefined; file = files[at++]) {
      const text = await readFile(file);
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: text.length, [constants.BROTLI_PARAM_QUALITY]: 11 };
      await writeFile(`${file}.br`, await compress(text, { params }));
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return `${files.length} files`;
}

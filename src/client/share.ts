/**
 * An edit as the fragment of a link: `#edit=<figure>&z=<text, deflated, base64url>`. Only the browser's own compression is
 * used. A fragment is a stranger's: its size is capped before and while it is unpacked.
 */

/** Characters of a fragment, and of the text that comes out of it. */
const MOST_PACKED = 40_000;
export const MOST_TEXT = 60_000;

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: GenericTransformStream,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes])
    .stream()
    .pipeThrough(stream as ReadableWritablePair<Uint8Array<ArrayBuffer>, BufferSource>)
    .getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.length;
    if (total > most) {
      await reader.cancel();
      throw new RangeError('too large');
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** The fragment that carries this text for this figure. Error: a text that is too long for a link. */
export async function pack(figure: string, text: string): Promise<string> {
  if (text.length > MOST_TEXT) throw new RangeError('too large');
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'), Infinity);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const base64 = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  if (base64.length > MOST_PACKED) throw new RangeError('too large');
  return `#edit=${figure}&z=${base64}`;
}

/** What a link carries. */
export type Unpacked =
  | { readonly figure: string; readonly text: string }
  | { readonly figure?: string | undefined; readonly problem: string };

const DAMAGED =
  'This link carries an edit that cannot be read: it was cut off or damaged. What you see is the site’s own.';
const LARGE = 'This link carries an edit that is too large to be opened. What you see is the site’s own.';

/** Reads a fragment. Never throws: what cannot be read comes back as a sentence. */
export async function unpack(fragment: string): Promise<Unpacked> {
  const found = /^#edit=([\w.-]{1,200})(?:&z=([\w-]*))?$/.exec(fragment.slice(0, MOST_PACKED + 300));
  const figure = found?.[1];
  if (fragment.length > MOST_PACKED + 210)
    return { figure: /^#edit=([\w.-]{1,200})&/.exec(fragment)?.[1], problem: LARGE };
  if (!found?.[2]) return { figure, problem: DAMAGED };
  try {
    const binary = atob(found[2].replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const plain = await through(bytes, new DecompressionStream('deflate-raw'), MOST_TEXT * 4);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
    if (text.length > MOST_TEXT) return { figure, problem: LARGE };
    return { figure: figure as string, text };
  } catch (error) {
    return { figure, problem: error instanceof RangeError ? LARGE : DAMAGED };
  }
}

/**
 * UTF-8 in a realm that has only the language: the same in Node and in every browser. The library script loads this first,
 * because models may make an encoder when they are loaded.
 */
export class TextEncoder {
  readonly encoding = 'utf-8';
  encode(text = ''): Uint8Array {
    const escaped = encodeURIComponent(text.toWellFormed());
    const bytes: number[] = [];
    for (let i = 0; i < escaped.length; i++) {
      if (escaped[i] !== '%') bytes.push(escaped.charCodeAt(i));
      else {
        bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16));
        i += 2;
      }
    }
    return new Uint8Array(bytes);
  }
}

export class TextDecoder {
  readonly encoding = 'utf-8';
  decode(bytes: Uint8Array = new Uint8Array()): string {
    let escaped = '';
    for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, '0')}`;
    try {
      return decodeURIComponent(escaped);
    } catch {
      throw new TypeError('These bytes are not UTF-8.');
    }
  }
}

Object.assign(globalThis, { TextEncoder, TextDecoder });

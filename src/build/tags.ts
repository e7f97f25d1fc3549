/** The tags of a built page: enough of HTML for checks over what this build itself wrote, without a parser of its own. */

export interface Tag {
  /** Lower case, without a slash; closing tags are not reported. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Text of a script or style element; empty for all others. */
  readonly text: string;
}

const TAG =
  /<!--[\s\S]*?-->|<([a-z][a-z0-9-]*)((?:\s+[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?|\s*\/)*)\s*>/gi;
const ATTRIBUTE = /([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** Text of an attribute with its character references resolved. */
export function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name] ?? whole;
  });
}

/** Every opening tag of `html` in order. */
export function* tags(html: string): Generator<Tag> {
  TAG.lastIndex = 0;
  const pattern = new RegExp(TAG);
  for (let match = pattern.exec(html); match !== null; match = pattern.exec(html)) {
    const name = match[1]?.toLowerCase();
    if (name === undefined) continue;
    const attributes = new Map<string, string>();
    for (const [, key = '', double, single, bare] of (match[2] ?? '').matchAll(ATTRIBUTE)) {
      attributes.set(key.toLowerCase(), decode(double ?? single ?? bare ?? ''));
    }
    let text = '';
    if (name === 'script' || name === 'style') {
      const end = html.indexOf(`</${name}`, pattern.lastIndex);
      text = html.slice(pattern.lastIndex, end);
      pattern.lastIndex = end;
    }
    yield { name, attributes, text };
  }
}

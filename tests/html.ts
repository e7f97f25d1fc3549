/** Just enough of an HTML reader for the pages that the project's own build writes: tags, attributes, ids, links. */

export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const ATTRIBUTE = /\s+([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/g;
const TAG = /<([a-zA-Z][\w-]*)((?:\s+[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?)*)\s*\/?>/g;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** Text of an attribute or a text node with its character references resolved. */
export function decode(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name as string] ?? whole;
  });
}

/** A page without comments and without what stands inside scripts and style sheets. */
function markup(html: string): string {
  return html.replaceAll(/<!--[\s\S]*?-->/g, '').replaceAll(/(<(script|style)\b[^>]*>)[\s\S]*?(<\/\2>)/gi, '$1$3');
}

/** All start tags of a page, in order. */
export function tags(html: string): Tag[] {
  return [...markup(html).matchAll(TAG)].map(([, name = '', attributes = '']) => ({
    name: name.toLowerCase(),
    attributes: new Map(
      [...attributes.matchAll(ATTRIBUTE)].map(([, key = '', double, single, bare]) => [
        key.toLowerCase(),
        decode(double ?? single ?? bare ?? ''),
      ]),
    ),
  }));
}

/** The text of a page without its tags, spaces folded. */
export function plain(html: string): string {
  return decode(markup(html).replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** What stands inside the first element of this name; empty where there is none. */
export function inside(html: string, name: string): string {
  const start = new RegExp(`<${name}\\b[^>]*>`, 'i').exec(html);
  if (start === null) return '';
  const end = html.lastIndexOf(`</${name}>`);
  return html.slice(start.index + start[0].length, end < 0 ? undefined : end);
}

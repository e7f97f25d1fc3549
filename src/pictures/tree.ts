/**
 * Markup as data. Everything that is drawn, in the build and in the browser, is one of these trees first: text stays
 * text until the very end, so nothing that a snippet says can become markup, and one function serves both sides.
 */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Tree[];
}

export type Tree = string | Element;

/** What a caller may give as children: holes are dropped. */
export type Child = Tree | undefined | false | readonly Child[];

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

function flat(children: readonly Child[]): Tree[] {
  return children.flatMap((child) => {
    if (child === undefined || child === false) return [];
    return Array.isArray(child) ? flat(child) : [child as Tree];
  });
}

/** An element; attributes that are undefined or false are left out, true is an attribute without a value. */
export function el(name: string, attributes: Attributes = {}, ...children: Child[]): Element {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    kept[key] = value === true ? '' : String(value);
  }
  return { name, attributes: kept, children: flat(children) };
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const VOID = new Set(['input', 'br', 'hr', 'img']);

/** The tree as HTML text, for the build. */
export function html(tree: Tree): string {
  if (typeof tree === 'string') return escaped(tree);
  const attributes = Object.entries(tree.attributes)
    .map(([key, value]) => (value === '' ? ` ${key}` : ` ${key}="${escaped(value).replaceAll('"', '&quot;')}"`))
    .join('');
  const open = `<${tree.name}${attributes}>`;
  return VOID.has(tree.name) ? open : `${open}${tree.children.map(html).join('')}</${tree.name}>`;
}

/** The text of a tree, without its markup. */
export function text(tree: Tree): string {
  return typeof tree === 'string' ? tree : tree.children.map(text).join('');
}

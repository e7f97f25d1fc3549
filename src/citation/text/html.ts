/** The built HTML of a page as a tree, read by an HTML parser. */
import { htmlToHast } from 'satteri';

/** The part of a hast node that is needed here. */
export interface HtmlNode {
  readonly type: string;
  readonly tagName?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly children?: readonly HtmlNode[];
  readonly value?: string;
}

/** Parses a document. */
export function parseHtml(html: string): HtmlNode {
  return htmlToHast(html) as unknown as HtmlNode;
}

/** An attribute by its name in HTML: `data-snippet`, `aria-label`. */
export function attribute(node: HtmlNode, name: string): string | undefined {
  const camel = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const value = node.properties?.[name === 'class' ? 'className' : camel] ?? node.properties?.[name];
  if (Array.isArray(value)) return value.join(' ');
  if (value === undefined || value === null || value === false) return undefined;
  return value === true ? '' : String(value);
}

export function hasClass(node: HtmlNode, name: string): boolean {
  return (attribute(node, 'class') ?? '').split(' ').includes(name);
}

export function isTag(node: HtmlNode, ...names: readonly string[]): boolean {
  return node.type === 'element' && names.includes(node.tagName ?? '');
}

/** Every node below that satisfies the test, in order; does not look inside one that does. */
export function all(node: HtmlNode, test: (node: HtmlNode) => boolean): HtmlNode[] {
  return (node.children ?? []).flatMap((child) => (test(child) ? [child] : all(child, test)));
}

export function first(node: HtmlNode, test: (node: HtmlNode) => boolean): HtmlNode | undefined {
  for (const child of node.children ?? []) {
    const found = test(child) ? child : first(child, test);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The text below a node exactly as it stands. */
export function rawText(node: HtmlNode): string {
  if (node.type === 'text') return node.value ?? '';
  return (node.children ?? []).map(rawText).join('');
}

/** The text below a node with every run of white space as one space. */
export function flatText(node: HtmlNode): string {
  return rawText(node).replace(/\s+/g, ' ').trim();
}

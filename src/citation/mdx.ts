/** Reads an MDX file into a tree, with the parser that the site itself is built with, and renders the inline part of it. */
import { mdxToMdast } from 'satteri';
import { parse } from 'yaml';
import { href } from './address.ts';

/** The part of an mdast node that is needed here. */
export interface Node {
  readonly type: string;
  readonly children?: readonly Node[];
  readonly value?: string;
  readonly name?: string | null;
  readonly url?: string;
  readonly attributes?: readonly { readonly type: string; readonly name?: string; readonly value?: unknown }[];
  readonly position?: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
}

/** The front matter and the tree of one file. */
export interface Document {
  readonly front: Readonly<Record<string, unknown>>;
  readonly tree: Node;
}

/** Parses MDX. Errors: an `MdxError` with the line on which the text cannot be read. */
export function parseMdx(source: string): Document {
  let tree: Node;
  try {
    tree = mdxToMdast(source, { features: { directive: false, gfm: { footnotes: false } } }) as unknown as Node;
  } catch (error) {
    const text = (error as Error).message;
    throw new MdxError(Number(/^(\d+):\d+/.exec(text)?.[1] ?? 1), text);
  }
  const yaml = tree.children?.find(({ type }) => type === 'yaml');
  const front: unknown = yaml?.value === undefined ? {} : parse(yaml.value);
  return { front: typeof front === 'object' && front !== null ? (front as Record<string, unknown>) : {}, tree };
}

/** Text that is not MDX. */
export class MdxError extends Error {
  override readonly name = 'MdxError';
  /** From 1. */
  readonly line: number;

  constructor(line: number, text: string) {
    super(`is not MDX: ${text}`);
    this.line = line;
  }
}

/** True for `<Name …>`, inline or as a block. */
export function isElement(node: Node): boolean {
  return node.type === 'mdxJsxTextElement' || node.type === 'mdxJsxFlowElement';
}

/**
 * The attributes of a component as plain strings; an attribute that is an expression has the value undefined, because
 * what a claim cites must be readable in the file.
 */
export function attributes(node: Node): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const { type, name, value } of node.attributes ?? []) {
    if (type === 'mdxJsxAttribute' && name !== undefined)
      found.set(name, typeof value === 'string' ? value : undefined);
  }
  return found;
}

/** Visits every node, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of node.children ?? []) walk(child, visit);
}

/** One run of inline content, in the three forms in which it is needed. */
export interface Inline {
  readonly text: string;
  readonly html: string;
  readonly markdown: string;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes text for HTML content and attribute values. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] as string);
}

function join(parts: readonly Inline[]): Inline {
  return {
    text: parts.map(({ text }) => text).join(''),
    html: parts.map(({ html }) => html).join(''),
    markdown: parts.map(({ markdown }) => markdown).join(''),
  };
}

function link(url: string): string {
  return url.startsWith('/') && !url.startsWith('//') ? href(url) : url;
}

/**
 * Renders the content of a claim: text, code, emphasis and links; `<Term>` and `<Msg>` count as their text. Calls
 * `refuse` for anything else, because it would be lost in mail.
 */
export function inline(nodes: readonly Node[], refuse: (node: Node) => void): Inline {
  return join(
    nodes.map((node): Inline => {
      const inner = (): Inline => inline(node.children ?? [], refuse);
      switch (node.type) {
        case 'text': {
          const text = (node.value ?? '').replace(/\s+/g, ' ');
          return { text, html: escapeHtml(text), markdown: text.replace(/[\\`*_[\]<>]/g, '\\$&') };
        }
        case 'inlineCode': {
          const text = node.value ?? '';
          return { text, html: `<code>${escapeHtml(text)}</code>`, markdown: `\`${text}\`` };
        }
        case 'emphasis':
          return wrap(inner(), 'em', '*');
        case 'strong':
          return wrap(inner(), 'strong', '**');
        case 'link': {
          const { text, html, markdown } = inner();
          const url = node.url ?? '';
          return { text, html: `<a href="${escapeHtml(link(url))}">${html}</a>`, markdown: `[${markdown}](${url})` };
        }
        case 'paragraph':
          return inner();
        default:
          if (isElement(node) && (node.name === 'Term' || node.name === 'Msg')) return inner();
          refuse(node);
          return { text: '', html: '', markdown: '' };
      }
    }),
  );
}

function wrap({ text, html, markdown }: Inline, tag: string, mark: string): Inline {
  return { text, html: `<${tag}>${html}</${tag}>`, markdown: `${mark}${markdown}${mark}` };
}

/** The text of a heading. */
export function headingText(node: Node): string {
  return inline(node.children ?? [], () => {}).text.trim();
}

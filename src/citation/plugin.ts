/**
 * Prepares claims for the page. The parser turns a claim that stands alone on its line into a block; a claim is a
 * sentence, so blocks become paragraphs again, and what was written as one paragraph stays one. After each paragraph
 * with claims their sources follow once more, for screens without a margin, where they fold in under the paragraph.
 */
import { defineMdastPlugin } from 'satteri';
import { attributes, isElement, type Node, walk } from './mdx.ts';

/** Components that stand inside a sentence. */
const INLINE = ['Claim', 'Term', 'Msg', 'Cite', 'Source'];

function isBlock(node: Node): boolean {
  return node.type === 'mdxJsxFlowElement' && INLINE.includes(node.name ?? '');
}

/** A block element as the inline element that it was meant to be. */
function asInline(node: Node): Node {
  const children = (node.children ?? []).flatMap((child) =>
    child.type === 'paragraph' ? (child.children ?? []) : [child],
  );
  return { type: 'mdxJsxTextElement', name: node.name ?? null, attributes: node.attributes ?? [], children };
}

/** Ids of the claims below a node, in order. */
function claimIds(node: Node): string[] {
  const ids: string[] = [];
  walk(node, (inner) => {
    const id = isElement(inner) && inner.name === 'Claim' ? attributes(inner).get('id') : undefined;
    if (id !== undefined) ids.push(id);
  });
  return ids;
}

function sourcesOf(ids: readonly string[]): Node {
  return {
    type: 'mdxJsxFlowElement',
    name: 'ClaimSources',
    attributes: [{ type: 'mdxJsxAttribute', name: 'ids', value: ids.join(' ') }],
    children: [],
  };
}

/** The children of a block with claims put in order; undefined if there is nothing to do. */
export function arrange(children: readonly Node[]): Node[] | undefined {
  const result: Node[] = [];
  let changed = false;
  let last: { node: { type: string; children: Node[] }; end: number } | undefined;
  const close = (): void => {
    if (last === undefined) return;
    const ids = claimIds(last.node);
    if (ids.length > 0) result.push(sourcesOf(ids));
    last = undefined;
  };
  for (const child of children) {
    if (isBlock(child)) {
      changed = true;
      const line = child.position?.start.line ?? 0;
      if (last !== undefined && line <= last.end + 1) {
        last.node.children.push({ type: 'text', value: ' ' }, asInline(child));
        last.end = child.position?.end.line ?? line;
        continue;
      }
      close();
      last = { node: { type: 'paragraph', children: [asInline(child)] }, end: child.position?.end.line ?? line };
      result.push(last.node);
      continue;
    }
    close();
    result.push(child);
    if (child.type !== 'paragraph') continue;
    const ids = claimIds(child);
    if (ids.length === 0) continue;
    changed = true;
    result.push(sourcesOf(ids));
  }
  close();
  return changed ? result : undefined;
}

type Visit = (node: unknown, ctx: { setProperty(node: unknown, key: 'children', value: unknown): void }) => void;

const visit: Visit = (node, ctx) => {
  if (isBlock(node as Node)) return;
  const children = arrange((node as Node).children ?? []);
  if (children !== undefined) ctx.setProperty(node, 'children', children);
};

/** For `mdastPlugins` of the site's Markdown processor. */
export const claims = defineMdastPlugin({
  name: 'claims',
  options: { position: true },
  before: visit as never,
  listItem: visit as never,
  blockquote: visit as never,
  mdxJsxFlowElement: visit as never,
});

/** Links of the prose that stay inside the site get the base path, whether written in Markdown or as an element. */
import { defineHastPlugin } from 'satteri';
import { href } from '../../citation/address.ts';

const isInside = (target: unknown): target is string =>
  typeof target === 'string' && target.startsWith('/') && !target.startsWith('//');

interface Jsx {
  readonly attributes: readonly { readonly type: string; readonly name?: unknown; readonly value?: unknown }[];
}

/** The attributes of an element of MDX with the base path in its link; undefined where nothing changes. */
function rewritten(node: Jsx): unknown[] | undefined {
  const at = node.attributes.findIndex(({ name, value }) => name === 'href' && isInside(value));
  const found = node.attributes[at];
  if (found === undefined || href('/') === '/') return undefined;
  return node.attributes.with(at, { ...found, value: href(found.value as string) });
}

export const links = defineHastPlugin({
  name: 'links',
  element: {
    filter: ['a'],
    visit(node, ctx) {
      const target = node.properties.href;
      if (isInside(target)) ctx.setProperty(node, 'href', href(target));
    },
  },
  mdxJsxTextElement: {
    filter: ['a'],
    visit(node, ctx) {
      const attributes = rewritten(node as Jsx);
      if (attributes !== undefined) ctx.setProperty(node, 'attributes', attributes);
    },
  },
});

/**
 * Ids of headings. A heading's id is the slug of its text, or the one given at its end as `[#id]`. An id is part of an
 * address that people put into mail, so two equal ids on one page fail the build instead of getting a number that
 * would depend on their order.
 */
import { fileURLToPath } from 'node:url';
import { defineHastPlugin, type PluginFactoryContext } from 'satteri';

const GIVEN = /\s*\[#([a-z0-9-]+)\]\s*$/;

/** The slug of a heading: lower case letters, digits and single hyphens. `F_SEAL_GUEST, posted` → `f-seal-guest-posted`. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

export const headingIds = (context: PluginFactoryContext) => {
  const seen = new Map<string, string>();
  return defineHastPlugin({
    name: 'heading-ids-of-ours',
    element: {
      filter: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
      visit(node, ctx) {
        const text = ctx.textContent(node).trim();
        const file = context.fileURL === undefined ? 'a page' : fileURLToPath(context.fileURL);
        if (node.tagName === 'h1') throw new Error(`${file}: "# ${text}": the title comes from the frontmatter`);
        const last = node.children.at(-1);
        const given = last?.type === 'text' ? GIVEN.exec(last.value)?.[1] : undefined;
        const id = given ?? slug(text);
        const other = seen.get(id);
        if (id === '' || other !== undefined) {
          throw new Error(
            `${file}: the headings "${other ?? ''}" and "${text}" share the id "${id}"; give one [#an-id]`,
          );
        }
        seen.set(id, text);
        if (given === undefined || last?.type !== 'text') {
          ctx.setProperty(node, 'id', id);
          return;
        }
        const children = [
          ...node.children.slice(0, -1),
          { type: 'text' as const, value: last.value.replace(GIVEN, '') },
        ];
        return { ...node, properties: { ...node.properties, id }, children };
      },
    },
  });
};

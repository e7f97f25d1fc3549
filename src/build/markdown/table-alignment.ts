import { defineHastPlugin } from 'satteri';

/** Tables of the prose: a frame in which a wide one scrolls, so that the page never does. */
export const tableFrame = defineHastPlugin({
  name: 'table-frame',
  element: {
    filter: ['table'],
    visit(node, ctx) {
      const properties = { className: ['wide'], tabIndex: 0, role: 'group', ariaLabel: 'Table' };
      ctx.wrapNode(node, { type: 'element', tagName: 'div', properties, children: [] });
    },
  },
});

/** Column alignment as a class: the native processor writes a style attribute, which the policy of the pages refuses. */

export const tableAlignment = defineHastPlugin({
  name: 'table-alignment',
  element: {
    filter: ['th', 'td'],
    visit(node, ctx) {
      const align = node.properties['align'] ?? /text-align:\s*(\w+)/.exec(String(node.properties['style'] ?? ''))?.[1];
      if (typeof align !== 'string') return;
      ctx.setProperty(node, 'align', null);
      ctx.setProperty(node, 'style', null);
      if (align !== 'left') ctx.setProperty(node, 'className', [`align-${align}`]);
    },
  },
});

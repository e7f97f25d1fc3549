/** Column alignment as a class: the native processor writes a style attribute, which the policy of the pages refuses. */
import { defineHastPlugin } from 'satteri';

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

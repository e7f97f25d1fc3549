/** Links of the prose: those inside the site get the base path; those that leave it say so to the browser. */
import { defineHastPlugin } from 'satteri';
import { href } from '../../citation/address.ts';

export const links = defineHastPlugin({
  name: 'links',
  element: {
    filter: ['a'],
    visit(node, ctx) {
      const target = node.properties['href'];
      if (typeof target === 'string' && target.startsWith('/') && !target.startsWith('//')) {
        ctx.setProperty(node, 'href', href(target));
      }
    },
  },
});

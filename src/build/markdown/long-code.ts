/** Inline code does not break (`-EPERM` would lose its sign at the end of a line), unless it is longer than a phone is wide. */
import { defineHastPlugin } from 'satteri';

/** Characters that fit on a line of a narrow phone with a word before them. */
const FITS = 24;

export const longCode = defineHastPlugin({
  name: 'long-code',
  element: {
    filter: ['code'],
    visit(node, ctx) {
      const parent = ctx.parent(node);
      if (parent?.type === 'element' && parent.tagName === 'pre') return;
      if (ctx.textContent(node).length > FITS) ctx.setProperty(node, 'className', ['long']);
    },
  },
});

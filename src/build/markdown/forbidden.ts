/**
 * Markdown that must not be on a page: a directive's colons (they would be printed), a footnote (its id is its
 * position), raw style attributes (the policy of the pages refuses them).
 */
import { fileURLToPath } from 'node:url';
import { defineMdastPlugin, type PluginFactoryContext } from 'satteri';

const CODE_FENCE = /^\s*(`{3,}|~{3,})/;

interface Rule {
  readonly pattern: RegExp;
  readonly message: string;
}

const RULES: readonly Rule[] = [
  { pattern: /^\s*:::/, message: 'a directive (":::"); directives are off, use a component' },
  { pattern: /\[\^[^\]]+\]/, message: 'a footnote; footnotes have positional ids, use <Note>' },
  { pattern: /<[a-z][^>]*\sstyle=/i, message: 'a style attribute; the policy of the pages refuses it, use a class' },
];

/** What is forbidden in `source`, as `line: message`; lines count from 1. Fenced code is not looked at. */
export function findForbidden(source: string): string[] {
  const found: string[] = [];
  let fence: string | undefined;
  source.split('\n').forEach((line, index) => {
    const mark = CODE_FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
      return;
    }
    if (mark !== undefined) {
      fence = mark;
      return;
    }
    const text = line.replace(/`[^`]*`/g, '');
    for (const rule of RULES) if (rule.pattern.test(text)) found.push(`${index + 1}: ${rule.message}`);
  });
  return found;
}

/** Fails the build with the file and the line. Lines count from the end of the frontmatter. */
export const forbidden = (ctx: PluginFactoryContext) => {
  const found = findForbidden(ctx.source);
  if (found.length > 0) {
    const file = ctx.fileURL === undefined ? 'a page' : fileURLToPath(ctx.fileURL);
    throw new Error(`${file}: below the frontmatter, line ${found.join('; line ')}`);
  }
  return defineMdastPlugin({ name: 'forbidden' });
};

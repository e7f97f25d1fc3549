/**
 * One code theme for the whole site, without a single color in it: each kind of token becomes a short class whose color
 * is a token of the style sheet, so that light, dark and print need no second rendering and no style attribute.
 */
import type { ShikiTransformer, ThemeRegistration } from 'shiki';

/**
 * Keyword, string, number, comment, type. Calls, names and punctuation stay in the plain ink: a page of a book, not a
 * control panel. The classes that highlighted code may contain: the style sheet defines exactly these.
 */
export const TOKEN_CLASSES = ['t-k', 't-s', 't-n', 't-c', 't-t'] as const;

export type TokenClass = (typeof TOKEN_CLASSES)[number];

const color = (name: TokenClass) => ({ foreground: `var(--${name})` });

export const shikiTheme: ThemeRegistration = {
  name: 'unmapped',
  type: 'light',
  colors: { 'editor.foreground': 'var(--t-d)', 'editor.background': 'var(--t-bg)' },
  tokenColors: [
    { settings: { foreground: 'var(--t-d)', background: 'var(--t-bg)' } },
    { scope: ['comment', 'punctuation.definition.comment'], settings: color('t-c') },
    {
      scope: ['string', 'punctuation.definition.string', 'constant.character', 'markup.inline.raw'],
      settings: color('t-s'),
    },
    { scope: ['constant.numeric', 'constant.language'], settings: color('t-n') },
    { scope: ['keyword', 'storage', 'keyword.operator.new', 'keyword.operator.expression'], settings: color('t-k') },
    { scope: ['keyword.operator', 'storage.type.function.arrow'], settings: { foreground: 'var(--t-d)' } },
    { scope: ['entity.name.type', 'entity.name.class', 'support.type', 'support.class'], settings: color('t-t') },
    { scope: ['punctuation.definition.template-expression'], settings: { foreground: 'var(--t-d)' } },
    {
      scope: [
        'keyword.operator.new',
        'keyword.operator.expression',
        'keyword.operator.typeof',
        'keyword.operator.instanceof',
      ],
      settings: color('t-k'),
    },
  ],
};

/** `var(--t-k)` → `t-k`; the default color needs no class. */
export function tokenClass(value: string | undefined): TokenClass | undefined {
  const name = /^var\(--(t-\w+)\)$/.exec(value ?? '')?.[1];
  return TOKEN_CLASSES.find((known) => known === name);
}

/** Shiki gives up on a line after half a second; on a busy machine that changes the page from build to build. */
export const PATIENT = { tokenizeTimeLimit: 0 } as const;

/** For Markdown fences: replaces every style attribute by a class, and leaves bare text where the color is the default. */
export const shikiTransformer: ShikiTransformer = {
  name: 'unmapped:classes',
  preprocess(_code, options) {
    Object.assign(options, PATIENT);
  },
  pre(node) {
    delete node.properties['style'];
    node.properties['class'] = 'code';
    // A block that can scroll has to be reachable by keyboard.
    node.properties['tabindex'] = '0';
  },
  span(node) {
    const style = String(node.properties['style'] ?? '');
    delete node.properties['style'];
    const name = tokenClass(/color:\s*(var\([^)]*\))/.exec(style)?.[1]);
    if (name !== undefined) node.properties['class'] = name;
  },
};

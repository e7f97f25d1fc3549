import { satteri } from '@astrojs/markdown-satteri';
import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';
import { forbidden } from './src/build/markdown/forbidden.ts';
import { headingIds } from './src/build/markdown/heading-ids.ts';
import { links } from './src/build/markdown/links.ts';
import { longCode } from './src/build/markdown/long-code.ts';
import { tableAlignment, tableFrame } from './src/build/markdown/table-alignment.ts';
import { base, origin } from './src/citation/address.ts';
import { claims } from './src/citation/plugin.ts';
import { shikiTheme, shikiTransformer } from './src/shiki/theme.ts';

/** Vite loads style sheets and neighbors of a chunk by a helper of 700 bytes; no chunk of ours has any. */
const plainImports = {
  name: 'plain-imports',
  enforce: 'pre',
  load: (id) => (id.includes('vite/preload-helper') ? 'export const __vitePreload = (load) => load();' : undefined),
};

export default defineConfig({
  site: origin(),
  base: base() === '' ? '/' : base(),
  output: 'static',
  trailingSlash: 'never',
  build: { format: 'file', inlineStylesheets: 'never', assets: '_astro', concurrency: 2 },
  cacheDir: './.cache/astro',
  // The lossless kind: the JSX kind eats a line break between a word and a link.
  compressHTML: true,
  devToolbar: { enabled: false },
  integrations: [mdx()],
  markdown: {
    // Directives stay off: switched on, they eat text (`16:30` prints `16`). Footnotes have positional ids.
    processor: satteri({
      features: { directive: false, smartPunctuation: false, gfm: { footnotes: false } },
      mdastPlugins: [forbidden, claims],
      hastPlugins: [headingIds, tableAlignment, tableFrame, links, longCode],
    }),
    syntaxHighlight: 'shiki',
    shikiConfig: { theme: shikiTheme, langs: ['ts', 'c', 'sh'], transformers: [shikiTransformer] },
  },
  vite: {
    plugins: [plainImports],
    // Nothing is inlined: the policy of the pages allows one inline script, and that is not one of Vite's.
    build: {
      assetsInlineLimit: 0,
      modulePreload: false,
      cssTarget: ['chrome125', 'firefox125', 'safari17.5'],
      // Astro's own marker in every page of MDX; it has been read by then.
      rolldownOptions: { checks: { moduleLevelDirective: false } },
    },
  },
});

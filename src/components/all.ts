/** Every component of this folder under the name of its file: what a page of prose may use without an import. */
import type { AstroComponentFactory } from 'astro/runtime/server/index.js';

const files = import.meta.glob<{ default: AstroComponentFactory }>('./*.astro', { eager: true });

export const components: Record<string, AstroComponentFactory> = Object.fromEntries(
  Object.entries(files).map(([file, module]) => [file.slice(2, -'.astro'.length), module.default]),
);

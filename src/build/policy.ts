/**
 * The Content-Security-Policy of the pages: one string, the same on every page, as a meta element and as a header.
 * The one inline script chooses light or dark before the first paint; its hash is computed from the very text that the
 * layout prints.
 */
import { createHash } from 'node:crypto';

/** Runs before anything is painted: tells the style sheet that scripts run, and applies the reader's choice. */
export const THEME_SCRIPT =
  "{const d=document.documentElement.dataset;d.js='';try{const t=localStorage.getItem('theme');if(t==='light'||t==='dark')d.theme=t}catch{}}";

const hash = `'sha256-${createHash('sha256').update(THEME_SCRIPT).digest('base64')}'`;

const DIRECTIVES: readonly string[] = [
  "default-src 'none'",
  // 'wasm-unsafe-eval' is for the search index alone; it allows no eval of text.
  `script-src 'self' 'wasm-unsafe-eval' ${hash}`,
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** For the meta element. */
export const META_POLICY = DIRECTIVES.join('; ');

/** For the header: a meta element cannot say who may frame the page. */
export const HEADER_POLICY = [...DIRECTIVES, "frame-ancestors 'none'"].join('; ');

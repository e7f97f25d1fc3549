/**
 * The one place that knows the address of the site: `SITE_URL`, with its base path.
 *
 * Unset, the address is that of `npm start` on the reader's own machine, and every citation says so, because a link to
 * localhost in a mail is of no use to anybody else.
 */

/** Where `npm start` serves. */
const LOCAL = 'http://localhost:4321';

/** The site's address, taken apart. */
export interface Site {
  /** Scheme, host and port, without a slash at the end: `https://example.org`. */
  readonly origin: string;
  /** Base path without a slash at the end; empty at the root of a host: `/unmapped`. */
  readonly base: string;
  /** True when `SITE_URL` is unset or names this machine: citations then say that their links are local. */
  readonly local: boolean;
}

/**
 * Takes the value of `SITE_URL` apart. Errors: a value that is not an absolute http(s) address, or that carries a
 * query, a fragment or a password.
 */
export function parseSite(value: string | undefined): Site {
  const given = value === undefined || value.trim() === '' ? LOCAL : value.trim();
  const url = URL.parse(given);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Error(`SITE_URL must be an absolute http or https address; found "${given}"`);
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new Error(`SITE_URL must have no query, fragment or password; found "${given}"`);
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return { origin: url.origin, base: url.pathname.replace(/\/+$/, ''), local };
}

// Astro's pages and the scripts that run before and after it are all Node programs, so the environment is theirs.
const site = parseSite(process.env['SITE_URL']);

/** A link for use inside the site: the base path and `path`, which starts with a slash. */
export function href(path: string): string {
  if (!path.startsWith('/') || path.startsWith('//'))
    throw new Error(`href() takes a path from the root; found "${path}"`);
  return site.base + path;
}

/** The address of `path` for use outside of the site: in mail, in a feed, in BibTeX. */
export function absolute(path: string): string {
  return site.origin + href(path);
}

/** The path from the root of the site of a link that `href()` made: its inverse; undefined for anything else. */
export function pathOf(link: string): string | undefined {
  if (!link.startsWith('/') || link.startsWith('//')) return undefined;
  if (site.base === '') return link;
  if (link === site.base) return '/';
  return link.startsWith(`${site.base}/`) ? link.slice(site.base.length) : undefined;
}

/** Scheme, host and port. */
export function origin(): string {
  return site.origin;
}

/** Base path, without a slash at the end. */
export function base(): string {
  return site.base;
}

/** True when the site's address is this machine; citations then say so. */
export function isLocal(): boolean {
  return site.local;
}

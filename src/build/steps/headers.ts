/** `_headers`, which static hosts and our own server honor: the policy, and how long what may be kept. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEADER_POLICY } from '../policy.ts';
import { OUT } from '../settings.ts';

const FOREVER = 'public, max-age=31536000, immutable';

/** The policy that the sandbox document states in its own meta element. */
export function metaPolicy(html: string): string {
  const tag = /<meta[^>]*http-equiv="Content-Security-Policy"[^>]*>/i.exec(html)?.[0] ?? '';
  const content = /content="([^"]*)"/i.exec(tag)?.[1];
  if (content === undefined) throw new Error('the sandbox document states no policy');
  return content.replace(/&#39;/g, "'").trim();
}

function rule(path: string, ...headers: string[]): string {
  return [path, ...headers.map((header) => `  ${header}`)].join('\n');
}

export function writeHeaders(): string {
  const rules = [
    rule(
      '/*',
      `Content-Security-Policy: ${HEADER_POLICY}`,
      'X-Content-Type-Options: nosniff',
      'Referrer-Policy: no-referrer-when-downgrade',
      'Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      'Cross-Origin-Opener-Policy: same-origin',
    ),
    rule('/_astro/*', `Cache-Control: ${FOREVER}`),
    rule('/lib/*', `Cache-Control: ${FOREVER}`),
  ];
  const sandbox = join(OUT, 'sandbox.html');
  if (existsSync(sandbox)) {
    // Code of strangers runs below this document: whatever address opens it, it gets an opaque origin.
    const policy = `sandbox allow-scripts; ${metaPolicy(readFileSync(sandbox, 'utf8'))}; frame-ancestors 'self'`;
    for (const path of ['/sandbox.html', '/sandbox']) {
      rules.push(rule(path, '! Content-Security-Policy', `Content-Security-Policy: ${policy}`));
    }
  }
  writeFileSync(join(OUT, '_headers'), `${rules.join('\n\n')}\n`);
  return `${rules.length} rules`;
}

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { parseSite } from './address.ts';

function inSite(url: string | undefined, expression: string): unknown {
  const environment = { ...process.env };
  delete environment['SITE_URL'];
  if (url !== undefined) environment['SITE_URL'] = url;
  const script = `import * as a from ${JSON.stringify(import.meta.resolve('./address.ts'))};
    console.log(JSON.stringify(${expression}));`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(out.toString());
}

test('an address is taken apart into origin and base path', () => {
  assert.deepEqual(parseSite('https://example.org/unmapped/'), {
    origin: 'https://example.org',
    base: '/unmapped',
    local: false,
  });
  assert.deepEqual(parseSite('https://example.org'), { origin: 'https://example.org', base: '', local: false });
});

test('an unset or empty address is this machine, and says so', () => {
  for (const value of [undefined, '', ' ']) {
    assert.deepEqual(parseSite(value), { origin: 'http://localhost:4321', base: '', local: true });
  }
  assert.equal(parseSite('http://127.0.0.1:8080/x').local, true);
});

test('what is not an address is refused', () => {
  for (const value of [
    'example.org',
    '/unmapped',
    'ftp://example.org',
    'https://example.org/?a',
    'https://a:b@c.org',
  ]) {
    assert.throws(() => parseSite(value), /SITE_URL/, value);
  }
});

test('links carry the base path, and only paths from the root are taken', () => {
  const url = 'https://example.org/unmapped';
  assert.equal(inSite(url, 'a.href("/c/001-14")'), '/unmapped/c/001-14');
  assert.equal(inSite(url, 'a.href("/")'), '/unmapped/');
  assert.equal(inSite(url, 'a.absolute("/c/001-14")'), 'https://example.org/unmapped/c/001-14');
  assert.deepEqual(
    inSite(url, '["/unmapped/c/1", "/unmapped", "/other", "https://x.org/"].map((l) => a.pathOf(l) ?? null)'),
    ['/c/1', '/', null, null],
  );
  assert.equal(inSite(undefined, 'a.absolute("/c/001-14")'), 'http://localhost:4321/c/001-14');
  assert.equal(inSite(undefined, 'a.isLocal()'), true);
  assert.throws(() => inSite(url, 'a.href("c/001-14")'));
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { startServer } from './server.ts';

const root = mkdtempSync(join(tmpdir(), 'site-'));
mkdirSync(join(root, 'history'));
const put = (file: string, text: string | Buffer) => writeFileSync(join(root, file), text);
put('index.html', '<p>home');
put('history.html', '<p>all chapters');
put('history/one.html', '<p>one');
put('history/one.html.br', brotliCompressSync('<p>one'));
put('history/one.txt', 'one');
put('404.html', '<p>nothing here');
put('_headers', '/*\n  X-Test: yes\n');

const server = await startServer({ root });
after(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});
const get = (path: string, encoding = 'identity') =>
  fetch(server.origin + path, { headers: { 'accept-encoding': encoding } });

test('an address without .html is its page, beside a folder of the same name', async () => {
  assert.equal(await (await get('/history')).text(), '<p>all chapters');
  assert.equal(await (await get('/history/one')).text(), '<p>one');
});

test('Brotli is sent to those who accept it, and text comes through whole', async () => {
  const response = await get('/history/one', 'br');
  assert.equal(response.headers.get('content-encoding'), 'br');
  assert.equal(response.headers.get('content-type'), 'text/html;charset=utf-8');
  assert.equal(await response.text(), '<p>one');
});

test('text forms are UTF-8 text, and _headers apply', async () => {
  const response = await get('/history/one.txt');
  assert.equal(response.headers.get('content-type'), 'text/plain;charset=utf-8');
  assert.equal(response.headers.get('x-test'), 'yes');
});

test('a missing page is 404.html with its headers; _headers itself is not served', async () => {
  for (const path of [
    '/no',
    '/_headers',
    '/history/one.html.br',
    '/history/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
  ]) {
    const response = await get(path);
    assert.equal(response.status, 404, path);
    assert.equal(await response.text(), '<p>nothing here');
    assert.equal(response.headers.get('x-test'), 'yes');
  }
});

test('a taken port and a missing build are one clear sentence each', async () => {
  const port = Number(new URL(server.origin).port);
  await assert.rejects(startServer({ root, port }), { message: new RegExp(`^Port ${port} is in use`) });
  await assert.rejects(startServer({ root: join(root, 'no') }), /npm run build/);
});

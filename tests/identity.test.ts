import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { differences, hashes } from './identity.ts';

test('one byte, one file more or one file less is a difference', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'unmapped-'));
  context.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  writeFileSync(join(folder, 'a/b/x.html'), 'x');
  writeFileSync(join(folder, '_headers'), 'h');
  const first = hashes(folder);
  assert.deepEqual([...first.keys()], ['_headers', 'a/b/x.html']);
  assert.deepEqual(differences(first, hashes(folder)), []);
  writeFileSync(join(folder, 'a/b/x.html'), 'y');
  writeFileSync(join(folder, 'new'), '');
  rmSync(join(folder, '_headers'));
  assert.deepEqual(differences(first, hashes(folder)), ['_headers', 'a/b/x.html', 'new']);
});

/** The sandbox document states a closed policy, and the hash in it is that of its own script. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './suite.ts';

const document = readFileSync(join(ROOT, 'public/sandbox.html'), 'utf8');

test('the policy allows the one script, workers from blobs, and nothing else', () => {
  const script = /<script>([\s\S]*?)<\/script>/.exec(document)?.[1] ?? '';
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(document)?.[1];
  assert.equal(
    policy,
    `default-src 'none'; script-src 'sha256-${hash}' 'unsafe-eval' blob:; worker-src blob:; base-uri 'none'; form-action 'none'`,
  );
  assert.equal([...document.matchAll(/<script/g)].length, 1);
  assert.doesNotMatch(document, /style=|src=|href=/);
});

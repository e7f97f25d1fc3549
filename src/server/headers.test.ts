import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headersFor, parseHeaders } from './headers.ts';

const TEXT = `# a comment
/*
  Content-Security-Policy: default-src 'none'
  X-Content-Type-Options: nosniff

/_astro/*
  Cache-Control: immutable

/sandbox.html
  ! Content-Security-Policy
  Content-Security-Policy: sandbox allow-scripts
`;

test('a splat covers everything below it, and only that', () => {
  const rules = parseHeaders(TEXT);
  assert.equal(headersFor(rules, '/_astro/x.css').get('cache-control'), 'immutable');
  assert.equal(headersFor(rules, '/_astro').has('cache-control'), false);
  assert.equal(headersFor(rules, '/history').get('x-content-type-options'), 'nosniff');
});

test('a detached header is gone, and a rule may set it anew', () => {
  const headers = headersFor(parseHeaders(TEXT), '/sandbox.html');
  assert.equal(headers.get('content-security-policy'), 'sandbox allow-scripts');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
});

test('two rules that set one header are joined', () => {
  const rules = parseHeaders('/*\n  Link: a\n/x\n  Link: b\n');
  assert.equal(headersFor(rules, '/x').get('link'), 'a, b');
});

test('a header before any path is an error with its line', () => {
  assert.throws(() => parseHeaders('  X: y\n'), /line 1/);
  assert.throws(() => parseHeaders('/*\nnonsense\n'), /line 2/);
});

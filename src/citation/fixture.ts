/** A small project on disk for the tests of this folder: files by path, removed when the test ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** Records and a snippet that pages of a test may point into. */
export const RECORDS: Readonly<Record<string, string>> = {
  'content/records/messages.json': JSON.stringify({
    'first@example.org': { date: '2021-11-19', from: 'Chao Peng', subject: 'Introduce F_SEAL_GUEST', thread: 't' },
    'second@example.org': {
      date: '2021-11-20',
      from: 'A. Reader',
      subject: 'Re: it',
      in_reply_to: 'first@example.org',
    },
  }),
  'content/records/sources.json': JSON.stringify({
    'man-fcntl': { kind: 'man', title: 'fcntl(2)', version: 'man-pages 6.03', url: 'https://man7.org/fcntl.2.html' },
  }),
  'content/records/glossary.json': JSON.stringify([
    { id: 'seal', term: 'seal', short: 'A restriction that stays.', from: ['src:man-fcntl'] },
  ]),
  'content/evidence/memfd/create-flags.json': JSON.stringify({ name: 'create-flags', steps: [] }),
  'content/snippets/seals/empty.ts': 'const fd = 3; // → 3\n// part: seal\nseal(fd); // → -EBUSY\n// end: seal\n',
};

/** A page with `body` under a complete front matter of 5 lines and an empty line: the body starts on line 7. */
export function page(body: string): string {
  return `---\ntitle: A seal\nsummary: About it.\nrevised: 2026-11-20\n---\n\n${body}`;
}

/** Writes `files` over `RECORDS` into a new folder; the folder goes when the test ends. */
export function project(test: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'unmapped-'));
  test.after(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries({ ...RECORDS, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

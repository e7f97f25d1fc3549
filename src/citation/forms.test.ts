import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bibtexForm, mailForm, markdownForm, pageBibtex, pageLine } from './forms.ts';
import type { Claim } from './types.ts';

const CLAIM: Claim = {
  id: '001-03',
  text: 'The seal may be set with fcntl() only while the file is still empty, and from then on user space can neither read, write nor map it.',
  html: 'unused',
  markdown:
    'The seal may be set with `fcntl()` only while the file is [still empty](/about), and from then on user space can neither read, write nor map it.',
  status: 'source-read',
  sources: [
    {
      ref: 'msg:20211119134739.20218-2-chao.p.peng@linux.intel.com',
      kind: 'message',
      word: 'message',
      title: 'Chao Peng, [RFC v2 PATCH 01/13] mm/shmem: Introduce F_SEAL_GUEST, 2021-11-19',
      people: ['Chao Peng'],
      date: '2021-11-19',
      url: 'https://lore.kernel.org/all/20211119134739.20218-2-chao.p.peng@linux.intel.com/',
    },
    {
      ref: 'rec:create-flags',
      kind: 'recording',
      word: 'recording',
      title: 'recording create-flags, Linux 6.18.44',
      people: [],
      path: '/evidence/memfd/create-flags',
    },
  ],
  people: ['Chao Peng'],
  date: '2021-11-19',
  snippet: 'f-seal-guest/empty-only',
  shown: [
    { code: 'const fd = qemu.memfd_create("guest-ram", MFD_ALLOW_SEALING);', result: '3' },
    { code: 'qemu.ftruncate(fd, 0);', result: '0' },
    { code: 'qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST);', result: '0' },
    { code: 'qemu.mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);', result: '-EPERM' },
    { code: 'qemu.write(fd, "x");', result: '-EPERM' },
  ],
  page: { path: '/history/a-seal-for-guests', title: 'A seal for guests & hosts', revised: '2026-11-20' },
  corrections: [],
  aliases: [],
  file: 'content/docs/history/a-seal-for-guests.mdx',
  line: 12,
};

test('mail: 72 columns, results, sources, the link last on its own line', () => {
  assert.equal(
    mailForm(CLAIM),
    `The seal may be set with fcntl() only while the file is still empty, and
from then on user space can neither read, write nor map it. [001-03,
source read]

4 of 5 results of f-seal-guest/empty-only, computed by a model:
  qemu.ftruncate(fd, 0);  -> 0
  qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST);  -> 0
  qemu.mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    -> -EPERM
  qemu.write(fd, "x");  -> -EPERM

Source: Chao Peng, [RFC v2 PATCH 01/13] mm/shmem: Introduce
  F_SEAL_GUEST, 2021-11-19
  https://lore.kernel.org/all/20211119134739.20218-2-chao.p.peng@linux.intel.com/
Source: recording create-flags, Linux 6.18.44
  http://localhost:4321/evidence/memfd/create-flags
(This address works only on the machine that serves this copy of the
site.)
http://localhost:4321/c/001-03
`,
  );
});

test('mail without a snippet says nothing of results', () => {
  const text = mailForm({ ...CLAIM, shown: [] });
  assert.doesNotMatch(text, /computed by a model/);
  assert.ok(text.split('\n').every((line) => line.length <= 72 || line.startsWith('  https://')));
});

test('Markdown: a quotation with absolute links, results, sources', () => {
  assert.equal(
    markdownForm({ ...CLAIM, shown: CLAIM.shown.slice(-1), sources: CLAIM.sources.slice(0, 1) }),
    `> The seal may be set with \`fcntl()\` only while the file is [still empty](http://localhost:4321/about), and from then on user space can neither read, write nor map it. ([001-03](http://localhost:4321/c/001-03), source read)

Result of f-seal-guest/empty-only, computed by a model:

\`\`\`ts
qemu.write(fd, "x"); // → -EPERM
\`\`\`

- [Chao Peng, \\[RFC v2 PATCH 01/13\\] mm/shmem: Introduce F\\_SEAL\\_GUEST, 2021-11-19](https://lore.kernel.org/all/20211119134739.20218-2-chao.p.peng@linux.intel.com/)

(This address works only on the machine that serves this copy of the site.)
`,
  );
});

test('BibTeX: a stable key, the date of revision, everything escaped', () => {
  assert.equal(
    bibtexForm({ ...CLAIM, text: 'A 50% claim_with #{1} ~ ^ $ & \\.', sources: CLAIM.sources.slice(1) }),
    `@misc{unmapped-001-03,
  author = {{Unmapped}},
  title  = {{A seal for guests \\& hosts}, claim 001-03},
  year   = {2026},
  month  = {11},
  date   = {2026-11-20},
  url    = {http://localhost:4321/c/001-03},
  note   = {Claim 001-03 (source read): A 50\\% claim\\_with \\#\\{1\\} \\textasciitilde{} \\textasciicircum{} \\$ \\& \\textbackslash{}. Sources: recording create-flags, Linux 6.18.44. This address works only on the machine that serves this copy of the site.},
}
`,
  );
});

test('a whole page: one line, and BibTeX with its path as key', () => {
  const page = { path: '/history/a-seal-for-guests', title: 'A seal & more', revised: '2026-11-20' };
  assert.equal(
    pageLine(page),
    'Unmapped, "A seal & more", revised 2026-11-20, http://localhost:4321/history/a-seal-for-guests (This address works only on the machine that serves this copy of the site.)',
  );
  assert.equal(
    pageBibtex(page),
    `@misc{unmapped-history-a-seal-for-guests,
  author = {{Unmapped}},
  title  = {{A seal \\& more}},
  year   = {2026},
  month  = {11},
  date   = {2026-11-20},
  url    = {http://localhost:4321/history/a-seal-for-guests},
  note   = {This address works only on the machine that serves this copy of the site.},
}
`,
  );
});

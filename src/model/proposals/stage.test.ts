import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { failed, MAP_SHARED, PAGE, PROT_READ, show } from '../index.ts';
import { noSuchOperation, nothing, notRead, stage, staged } from './stage.ts';

const generations = JSON.parse(readFileSync('content/records/generations.json', 'utf8')) as { id: string }[];

test('every generation of the list has a stage, and no other', () => {
  assert.deepEqual([...staged].sort(), generations.map(({ id }) => id).sort());
  assert.throws(() => stage('nobody'), RangeError);
});

test('each stage makes memory, and its guest gets what the generation gives it', () => {
  const seen = staged.map((id) => {
    const { vmm, memory, vm } = stage(id);
    const fd = memory(2);
    assert.equal(failed(fd), false, id);
    const guest = vm();
    const bound = guest.bind(fd, { pages: 2 });
    const stored = guest.store(PAGE, 7);
    const map = vmm.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    return [id, show(bound), show(stored), show(guest.load(PAGE)), nothing(map) ? show(map) : 'mapped'].join(' ');
  });
  assert.deepEqual(seen, [
    'memfd 0 0 7 mapped',
    'memfd-write-seal 0 -EFAULT 0 mapped',
    'poison-v2 0 0 7 mapped',
    'memfd-secret 0 -EFAULT -EFAULT mapped',
    'two-views 0 0 7 refused',
    'f-seal-guest 0 0 7 -EPERM',
    'mfd-guest 0 0 7 -EPERM',
    'inaccessible-v3 0 0 7 mapped',
    'inaccessible-v5 0 0 7 -EPERM',
    'inaccessible-v6 0 0 7 -EPERM',
    'inaccessible-v8 0 0 7 -ENODEV',
    'restricted-v10 0 0 7 -ENODEV',
    'gmem-v12 0 0 7 -ENODEV',
    'gmem-6.8 0 0 7 -ENODEV',
    'gmem-6.12.117 0 0 7 -ENODEV',
    'gmem-6.18.44 0 0 7 -ENODEV',
    'gmem-mmap-6.18.44 0 0 7 mapped',
    'gmem-mmap-6.19 0 0 7 mapped',
    'link-rfc-v2 0 0 7 -ENODEV',
    'gmem-write-v5 0 0 7 mapped',
    'no-direct-map-v8 0 0 7 mapped',
    'gmem-7.3.4 0 0 7 -ENODEV',
    'in-place-v8 0 0 7 mapped',
  ]);
});

test('a cell without an answer says why', () => {
  assert.equal(show(notRead), 'not read');
  assert.equal(show(noSuchOperation), 'no such operation');
  assert.match(notRead.why, /not read/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  linux,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  move_to_new_folio,
  PAGE,
  Pin,
  PROT_READ,
  PROT_WRITE,
  show,
  swap_out,
} from '../index.ts';

const is = (value: unknown, text: string) => assert.equal(show(value), text);

function machine() {
  const host = new Host(linux('6.18.44'));
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('ram', MFD_ALLOW_SEALING);
  qemu.ftruncate(fd, 2 * PAGE);
  const map = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  qemu.store(map, 7);
  const file = qemu.file(fd);
  assert.ok('inode' in file);
  return { host, qemu, fd, map, inode: file.inode };
}

test('a page of a memfd moves with its content, unless somebody holds it', () => {
  const { host, qemu, map, inode } = machine();
  const before = inode.page(0)?.frame.pfn;
  const pin = qemu.vmsplice(map, PAGE);
  is(move_to_new_folio(host, inode, 0), '-EAGAIN');
  assert.ok(pin instanceof Pin);
  pin.release();
  is(move_to_new_folio(host, inode, 0), '0');
  assert.notEqual(inode.page(0)?.frame.pfn, before);
  is(qemu.load(map), '7');
  is(move_to_new_folio(host, inode, 1), '-EINVAL');
});

test('a page of a memfd is written out and comes back; a hole takes it from swap as well', () => {
  const { host, qemu, fd, map, inode } = machine();
  const used = host.memory.used;
  is(swap_out(host, inode, 0), '0');
  assert.equal(host.memory.used, used - 1);
  const buffer = new Uint8Array(1);
  qemu.pread(fd, buffer, 0);
  assert.equal(buffer[0], 7);
  is(swap_out(host, inode, 0), '0');
  is(qemu.load(map), '7');
  is(swap_out(host, inode, 0), '0');
  qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
  is(qemu.load(map), '0');
  is(swap_out(host, inode, 1), '-EINVAL');
});

test('secret memory neither moves nor is written out', () => {
  const { host, qemu } = machine();
  const fd = qemu.memfd_secret(0);
  qemu.ftruncate(fd, PAGE);
  qemu.store(qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 1);
  const file = qemu.file(fd);
  assert.ok('inode' in file);
  is(move_to_new_folio(host, file.inode, 0), '-EBUSY');
  is(swap_out(host, file.inode, 0), '-EBUSY');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryKey } from './cipher.ts';
import { EncryptedMemory, NO_KEY } from './encryption.ts';
import { type Frame, PhysicalMemory } from './memory.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const text = (data: Uint8Array): string => String.fromCharCode(...data);
const SECRET = bytes('sixteen letters.');

test('ciphertext decrypts with its key at its address, and to noise anywhere else', () => {
  const key = new MemoryKey('a');
  const sealed = key.encrypt(0x1000, SECRET);
  assert.notEqual(text(sealed), text(SECRET));
  assert.equal(text(key.decrypt(0x1000, sealed)), text(SECRET));
  assert.notEqual(text(key.decrypt(0x2000, sealed)), text(SECRET));
  assert.notEqual(text(new MemoryKey('b').decrypt(0x1000, sealed)), text(SECRET));
  assert.equal(text(new MemoryKey('a').encrypt(0x1000, SECRET)), text(sealed));
  assert.throws(() => key.encrypt(0, bytes('15 letters only')), RangeError);
});

test('one changed bit of ciphertext spoils its block and no other', () => {
  const key = new MemoryKey('a');
  const sealed = key.encrypt(0, bytes('first block here'.repeat(2)));
  sealed[0] = (sealed[0] as number) ^ 1;
  const out = key.decrypt(0, sealed);
  assert.notEqual(text(out.subarray(0, 16)), 'first block here');
  assert.equal(text(out.subarray(16)), 'first block here');
});

function machine(coherent: boolean): { memory: EncryptedMemory; frame: Frame; other: Frame } {
  const memory = new EncryptedMemory(coherent);
  memory.setKey(1, new MemoryKey('guest'));
  const physical = new PhysicalMemory(4);
  const [frame, other] = [physical.allocate() as Frame, physical.allocate() as Frame];
  memory.track(frame);
  memory.track(other);
  return { memory, frame, other };
}

test('without coherence each view keeps its own line, and the last one written back stays', () => {
  const { memory, frame } = machine(false);
  memory.write(frame, 0, SECRET, 1);
  assert.equal(frame.byte(0), 0, 'the host still sees the chips as they were');
  frame.write(0, bytes('host'));
  assert.equal(text(memory.read(frame, 0, 16, 1)), text(SECRET), 'the guest still sees its line');
  memory.wbinvd();
  assert.equal(text(frame.read(0, 4)), 'host', 'the later store was written back last');
  assert.notEqual(text(memory.read(frame, 0, 16, 1)), text(SECRET));
});

test('with coherence each access sees the last store, as its own key makes it look', () => {
  const { memory, frame } = machine(true);
  memory.write(frame, 0, SECRET, 1);
  assert.equal(text(frame.read(0, 16)), text(new MemoryKey('guest').encrypt(frame.pfn * 4096, SECRET)));
  frame.write(0, bytes('host'));
  assert.notEqual(text(memory.read(frame, 0, 16, 1)), text(SECRET));
});

test('CLFLUSH through the mapping of the host misses the lines of the guest, VM_PAGE_FLUSH hits them', () => {
  const { memory, frame } = machine(false);
  memory.write(frame, 0, SECRET, 1);
  memory.clflush(frame);
  assert.equal(memory.dirty(frame, 1), true);
  assert.deepEqual(frame.readChips(0, 2), new Uint8Array(2));
  memory.vmPageFlush(frame, 1);
  assert.equal(memory.dirty(frame, 1), false);
  assert.notDeepEqual(frame.readChips(0, 2), new Uint8Array(2));
  assert.equal(memory.dirty(frame, NO_KEY), false);
});

test('old ciphertext at its own page is old plaintext; moved to another page it is noise', () => {
  const { memory, frame, other } = machine(true);
  memory.write(frame, 0, SECRET, 1);
  const old = frame.read(0, 16);
  memory.write(frame, 0, bytes('something newer.'), 1);
  other.write(0, old);
  assert.notEqual(text(memory.read(other, 0, 16, 1)), text(SECRET));
  frame.write(0, old);
  assert.equal(text(memory.read(frame, 0, 16, 1)), text(SECRET));
});

test('a frame without a view is as it was: writes, copies and clears reach the chips', () => {
  const physical = new PhysicalMemory(2);
  const [a, b] = [physical.allocate() as Frame, physical.allocate() as Frame];
  a.write(1, bytes('x'));
  b.copyFrom(a);
  assert.equal(text(b.readChips(1, 1)), 'x');
  b.clear();
  assert.equal(b.byte(1), 0);
  const memory = new EncryptedMemory(false);
  memory.track(b);
  b.copyFrom(a);
  assert.equal(b.byte(1), 'x'.charCodeAt(0));
  assert.equal(text(b.readChips(1, 1)), '\0', 'still in the cache');
  b.clear();
  memory.wbinvd();
  assert.equal(text(b.readChips(1, 1)), '\0');
});

/** Steps on a descriptor. */
import {
  FALLOC_FL_COLLAPSE_RANGE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  PAGE,
} from '../../model/index.ts';
import { type DraftFile, type Maker, onFd } from './draft.ts';
import type { Random } from './random.ts';
import { byte, count, length, newSize, offset, word } from './values.ts';

export const plain = (op: string): Maker => onFd((draft, fd) => draft.add(op, { fd: fd.name }));

export const truncate = onFd((draft, { name, file }) => {
  const size = newSize(draft.random, file.size);
  draft.add('ftruncate', { fd: name, length: word(size) });
  if (size >= 0n) file.size = size;
});

const MODES: readonly (readonly [number, number])[] = [
  [6, 0],
  [4, FALLOC_FL_KEEP_SIZE],
  [8, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE],
  [1, FALLOC_FL_PUNCH_HOLE],
];

export const allocate = onFd((draft, { name, file }) => {
  const { random } = draft;
  const mode = random.once(12)
    ? random.pick([FALLOC_FL_ZERO_RANGE, FALLOC_FL_COLLAPSE_RANGE, random.below(256), 2 ** 30])
    : random.weighted(MODES);
  const at = offset(random, file.size);
  const len = length(random);
  draft.add('fallocate', { fd: name, mode, offset: word(at), len: word(len) });
  if (mode === 0 && at >= 0n && len > 0n && at + len > file.size) file.size = at + len;
});

export const seal = onFd((draft, { name }) => {
  const { random } = draft;
  const seals = random.weighted<() => bigint>([
    [10, () => BigInt(random.pick([1, 2, 4, 8, 16, 32]))],
    [4, () => BigInt(random.below(64))],
    [1, () => 0n],
    [1, () => BigInt(random.pick([64, 128, 0xffffffff]))],
    [1, () => (1n << 32n) + BigInt(random.below(64))],
  ])();
  draft.add('fcntl_add_seals', { fd: name, seals: word(seals) });
});

const grow = (file: DraftFile, end: bigint): void => {
  if (file.kind !== 'memfd_secret' && end > file.size && end < 2n ** 62n) file.size = end;
};

export const pwrite = onFd((draft, { name, file }) => {
  const at = offset(draft.random, file.size);
  const len = count(draft.random);
  draft.add('pwrite', { fd: name, offset: word(at), len, byte: byte(draft.random) });
  if (at >= 0n) grow(file, at + BigInt(len));
});
export const write = onFd((draft, { name, file }) => {
  const len = count(draft.random);
  draft.add('write', { fd: name, len, byte: byte(draft.random) });
  grow(file, BigInt(len));
});
export const pread = onFd((draft, { name, file }) => {
  draft.add('pread', { fd: name, offset: word(offset(draft.random, file.size)), len: count(draft.random) });
});
export const read = onFd((draft, { name }) => draft.add('read', { fd: name, len: count(draft.random) }));
export const seek = onFd((draft, { name, file }) => {
  const { random } = draft;
  const whence = random.weighted([
    [3, 0],
    [2, 1],
    [2, 2],
    [5, 3],
    [5, 4],
    [1, random.pick([5, -1, 2 ** 31 - 1])],
  ]);
  draft.add('lseek', { fd: name, offset: word(offset(random, file.size)), whence });
});
export const chmod = onFd((draft, { name }) => {
  const mode = draft.random.pick(['0600', '0700', '0755', '0400', '0200', '0000', '0777', '4755', '0666']);
  draft.add('fchmod', { fd: name, mode });
});

const ACCESS = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_RDWR|O_APPEND', 'O_RDWR|O_TRUNC', 'O_RDONLY|O_TRUNC'];
export const reopen = onFd((draft, { name, file }) => {
  const access = draft.random.pick(ACCESS);
  const out = draft.name('f');
  draft.add('reopen', { fd: name, access, out });
  draft.fds.push({ name: out, file });
  if (access.includes('TRUNC') && file.kind !== 'memfd_secret') file.size = 0n;
});
export const dup = onFd((draft, { name, file }) => {
  const out = draft.name('f');
  draft.add('dup', { fd: name, out });
  draft.fds.push({ name: out, file });
});
export const close = onFd((draft, fd) => {
  if (draft.fds.length < 2 && !draft.random.once(4)) return;
  draft.add('close', { fd: fd.name });
  draft.fds.splice(draft.fds.indexOf(fd), 1);
});
export const sameInode = onFd((draft, { name }) => {
  draft.add('same_inode', { fd: name, from_fd: draft.random.pick(draft.fds).name });
});

const copyCount = (random: Random): bigint => (random.once(12) ? offset(random, 0n) : BigInt(count(random)));
export const sendfile = onFd((draft, { name, file }) => {
  const { random } = draft;
  const from = random.pick(draft.fds);
  const len = copyCount(random);
  draft.add('sendfile', {
    fd: name,
    from_fd: from.name,
    in_offset: word(offset(random, from.file.size)),
    len: word(len),
  });
  if (len < BigInt(20 * PAGE)) grow(file, len);
});
export const copyRange = onFd((draft, { name, file }) => {
  const { random } = draft;
  const from = random.pick(draft.fds);
  const at = offset(random, file.size);
  const len = copyCount(random);
  draft.add('copy_file_range', {
    fd: name,
    from_fd: from.name,
    in_offset: word(offset(random, from.file.size)),
    out_offset: word(at),
    len: word(len),
  });
});

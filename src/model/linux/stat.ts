/**
 * fstat and fchmod.
 * Source: fs/stat.c, fs/attr.c, mm/shmem.c (shmem_setattr), Linux 6.18; recordings allocation-count, matrix-*-mode,
 * exec-seal-*, secret-create. Left out: times, device numbers, groups.
 */
import { Errno } from '../errno.ts';
import { show } from '../show.ts';
import { F_SEAL_EXEC } from './constants.ts';
import type { Inode } from './inode.ts';
import type { Process } from './process.ts';
import { plain, type Word } from './words.ts';

const S_IFREG = 0o100000;

/** struct stat, the fields that say something here. */
export class Stat {
  /** Inode number. */
  readonly st_ino: number;
  /** Type and permission bits. */
  readonly st_mode: number;
  readonly st_nlink: number;
  readonly st_uid: number;
  /** Bytes. */
  readonly st_size: Word;
  readonly st_blksize: number;
  /** Allocated memory in units of 512 bytes. */
  readonly st_blocks: number;

  constructor(inode: Inode) {
    this.st_ino = inode.ino;
    this.st_mode = S_IFREG | inode.mode;
    this.st_nlink = inode.nlink;
    this.st_uid = inode.uid;
    this.st_size = plain(inode.size);
    this.st_blksize = inode.blksize;
    // Pages of secret and guest memory are not accounted to the inode.
    this.st_blocks = inode.kind === 'secretmem' || inode.kind === 'guest_memfd' ? 0 : inode.pages.size * 8;
  }

  show(): string {
    const mode = `0${this.st_mode.toString(8)}`;
    return `{ st_size: ${show(this.st_size)}, st_mode: ${mode}, st_blocks: ${this.st_blocks} }`;
  }
}

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_IXGRP = 0o010;

/**
 * Writing or truncating by anyone but root takes set-uid and set-gid bits away (file_remove_privs), whether or not the bytes
 * are then refused; so does an fallocate() that succeeds. A user stands for a group of its own here.
 */
export function dropSetIdBits(process: Process | undefined, inode: Inode): void {
  if (process === undefined || process.privileged) return;
  const group = (inode.mode & S_IXGRP) !== 0 || process.uid !== inode.uid;
  inode.mode &= ~(S_ISUID | (group ? S_ISGID : 0));
}

/** Changes the permission bits: 0, or EPERM (not the owner; F_SEAL_EXEC and an execute bit would change). */
export function fchmod(process: Process, inode: Inode, mode: number): 0 | Errno {
  if (inode.kind === 'guest_memfd') return new Errno('EINVAL', 'The attributes of a guest_memfd cannot be changed.');
  if (process.uid !== 0 && process.uid !== inode.uid) {
    return new Errno('EPERM', 'Only the owner of the file or root may change its mode.');
  }
  const next = mode & 0o7777;
  const known = process.host.kernel.rules.exec_seal_implies !== 'no such seal';
  const sealed = known && ((inode.seals ?? 0) & F_SEAL_EXEC) !== 0 && inode.kind !== 'hugetlb';
  if (sealed && ((inode.mode ^ next) & 0o111) !== 0) {
    return new Errno('EPERM', 'F_SEAL_EXEC forbids changing any execute bit.');
  }
  if (next !== inode.mode) process.host.note(`mode 0${inode.mode.toString(8)} → 0${next.toString(8)}`);
  inode.mode = next;
  return 0;
}

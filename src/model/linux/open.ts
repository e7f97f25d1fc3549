/**
 * open: another open file for a file that a descriptor already has, through /proc/self/fd, and unnamed files (O_TMPFILE) on
 * /dev/shm and /tmp for comparison.
 * Source: fs/namei.c (may_open, inode_permission), fs/open.c (do_open), fs/proc/fd.c, Linux 6.18; recordings matrix-*-share,
 * matrix-*-resize, secret-reopen, not-a-memfd. Left out: every other path.
 */
import { Errno } from '../errno.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_TMPFILE, O_TRUNC, O_WRONLY } from './constants.ts';
import type { Inode } from './inode.ts';
import type { OpenFile } from './openfile.ts';
import type { Process } from './process.ts';
import { resize } from './truncate.ts';

const FD_PATH = /^\/proc\/(self|\d+)\/fd\/(\d+)$/;

/** A new open file, not yet in any descriptor table, or ENOENT, EACCES, ENXIO, EPERM. */
export function open(process: Process, path: string, flags: number, mode = 0o600): OpenFile | Errno {
  const kept = flags & (O_ACCMODE | O_APPEND);
  if ((flags & O_TMPFILE) === O_TMPFILE && (path === '/dev/shm' || path === '/tmp')) {
    const tmpfs = path === '/dev/shm';
    const kind = tmpfs ? 'tmpfs' : 'disk';
    const inode = process.host.makeInode({ kind, name: '', uid: process.uid, mode, seals: tmpfs ? 1 : null });
    return process.host.makeOpenFile(inode, kept);
  }
  const inode = lookUp(process, path);
  if (inode instanceof Errno) return inode;
  process.host.touch(inode);
  const access = flags & O_ACCMODE;
  const write = access !== O_RDONLY || (flags & O_TRUNC) !== 0;
  if (!permitted(process, inode, access !== O_WRONLY, write)) {
    return new Errno('EACCES', 'The mode of the file does not allow this access.');
  }
  if (!inode.hasFileIo) return new Errno('ENXIO', `A file of this kind (${inode.kind}) cannot be opened again.`);
  if ((flags & O_TRUNC) !== 0) {
    const refused = resize(process.host, inode, 0n);
    if (refused instanceof Errno) return refused;
  }
  return process.host.makeOpenFile(inode, kept);
}

function lookUp(process: Process, path: string): Inode | Errno {
  const match = FD_PATH.exec(path);
  const owner =
    match === null || match[1] === 'self'
      ? process
      : process.host.processes.find((other) => String(other.pid) === match[1]);
  const descriptor = match === null ? undefined : owner?.files.get(Number(match[2]));
  if (descriptor === undefined || owner === undefined) {
    return new Errno(
      'ENOENT',
      'The model knows /proc/self/fd/N and /proc/PID/fd/N of open descriptors, and no such one is open.',
    );
  }
  if (owner !== process && process.uid !== 0 && process.uid !== owner.uid) {
    return new Errno('EACCES', "Another user's descriptors cannot be looked at.");
  }
  return descriptor.file.inode;
}

function permitted(process: Process, inode: Inode, read: boolean, write: boolean): boolean {
  if (process.uid === 0) return true;
  const bits = process.uid === inode.uid ? inode.mode >> 6 : inode.mode;
  return (!read || (bits & 4) !== 0) && (!write || (bits & 2) !== 0);
}

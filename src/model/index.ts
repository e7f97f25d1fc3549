/** What a snippet imports as 'unmapped'. */
export { ERRNO, Errno, type ErrnoName, failed, Oops, type Result, Signal } from './errno.ts';
export * from './linux/constants.ts';
export { Pin } from './linux/gup.ts';
export { Host, type HostOptions } from './linux/host.ts';
export type { Inode } from './linux/inode.ts';
export type { Evidence, Extension, Kernel, Rules, Use } from './linux/kernel.ts';
export { NotRead } from './linux/notread.ts';
export { Process, type ProcessOptions } from './linux/process.ts';
export { Stat } from './linux/stat.ts';
export { UserBuffer } from './linux/usermemory.ts';
export { kernelsRead, linux, versionsRead } from './linux/versions.ts';
export type { Word } from './linux/words.ts';
export type { GraphPicture, PagesPicture, Picture, SequencePicture } from './picture.ts';
export { type Showable, show } from './show.ts';
export { type Owner, type OwnerRun, type Ownership, Trace, type TraceEvent } from './trace.ts';
export { at, GiB, KiB, MiB, PAGE } from './units.ts';

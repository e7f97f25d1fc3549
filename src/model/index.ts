/** What a snippet imports as 'unmapped'. */
export { ERRNO, Errno, type ErrnoName, failed, type Result, Signal } from './errno.ts';
export type { GraphPicture, PagesPicture, Picture, SequencePicture } from './picture.ts';
export { type Showable, show } from './show.ts';
export { type Owner, type OwnerRun, type Ownership, Trace, type TraceEvent } from './trace.ts';
export { GiB, KiB, MiB, PAGE } from './units.ts';

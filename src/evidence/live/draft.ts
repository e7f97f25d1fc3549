/** A sequence that is being made: its steps so far, and what they have probably made, so that later steps can name it. */
import type { Question } from './protocol.ts';
import type { Random } from './random.ts';

export type FileKind = 'memfd' | 'hugetlb' | 'tmpfs' | 'memfd_secret' | 'guest_memfd';

/** A file, with a guess of its size: the kernel may have refused what would have changed it. */
export interface DraftFile {
  readonly kind: FileKind;
  size: bigint;
}

export interface DraftFd {
  readonly name: string;
  readonly file: DraftFile;
}

export interface DraftMap {
  readonly name: string;
  /** Bytes. */
  readonly length: number;
  readonly file: DraftFile | undefined;
}

/** Numbers handed out to names; children share them with their parent. */
interface Names {
  next: number;
}

export class Draft {
  readonly random: Random;
  readonly steps: Question[] = [];
  readonly fds: DraftFd[];
  readonly maps: DraftMap[];
  readonly pins: string[];
  readonly vms: string[];
  readonly inChild: boolean;
  readonly #names: Names;

  constructor(random: Random, parent?: Draft) {
    this.random = random;
    this.inChild = parent !== undefined;
    this.fds = [...(parent?.fds ?? [])];
    this.maps = [...(parent?.maps ?? [])];
    this.pins = [...(parent?.pins ?? [])];
    this.vms = [...(parent?.vms ?? [])];
    this.#names = parent === undefined ? { next: 0 } : parent.#names;
  }

  add(op: string, args: Question['args'] = {}, child?: readonly Question[]): void {
    this.steps.push(child === undefined ? { op, args } : { op, args, child });
  }

  /** A name that no step of the sequence has used. */
  name(prefix: string): string {
    return `${prefix}${this.#names.next++}`;
  }
}

/** Makes one more step, or none where there is nothing to make it with. */
export type Maker = (draft: Draft) => void;
export type Weighted = readonly (readonly [weight: number, make: Maker])[];

/** Some descriptor, the newest more often. */
export const anyFd = ({ random, fds }: Draft): DraftFd | undefined =>
  fds.length === 0 ? undefined : random.once(2) ? fds[fds.length - 1] : random.pick(fds);
export const anyMap = ({ random, maps }: Draft): DraftMap | undefined =>
  maps.length === 0 ? undefined : random.once(2) ? maps[maps.length - 1] : random.pick(maps);

export const onFd =
  (make: (draft: Draft, fd: DraftFd) => void): Maker =>
  (draft) => {
    const fd = anyFd(draft);
    if (fd !== undefined) make(draft, fd);
  };
export const onMap =
  (make: (draft: Draft, map: DraftMap) => void): Maker =>
  (draft) => {
    const map = anyMap(draft);
    if (map !== undefined) make(draft, map);
  };

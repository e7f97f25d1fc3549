/**
 * What a refused system call returns: an errno, by name, with one sentence that says why.
 *
 * Numbers are those of Linux on x86-64 (include/uapi/asm-generic/errno-base.h and errno.h, Linux 6.18).
 */

/** The error names that the models use, with their Linux x86-64 numbers. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  EINVAL: 22,
  EMFILE: 24,
  ENOTTY: 25,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  ENOSYS: 38,
  EOVERFLOW: 75,
  EOPNOTSUPP: 95,
  ENOTSUPP: 524,
  EHWPOISON: 133,
} as const;

/** The name of an error, as in errno(3). */
export type ErrnoName = keyof typeof ERRNO;

/**
 * A refused call. It is an object, not a number, so that it prints as `-EPERM` and carries its reason;
 * a parameter that expects a descriptor accepts one and answers `-EBADF`, as a C program that forgot
 * to check would find.
 */
export class Errno {
  readonly name: ErrnoName;
  /** The positive number, as in `errno`. */
  readonly errno: number;
  /** Why the call was refused: one sentence for a person. */
  readonly why: string;

  constructor(name: ErrnoName, why: string) {
    this.name = name;
    this.errno = ERRNO[name];
    this.why = why;
    Object.freeze(this);
  }

  toString(): string {
    return `-${this.name}`;
  }
}

/**
 * A signal that the processor's fault handling raised instead of completing a load or a store.
 * The models return it; nothing is killed, so that a reader can go on looking.
 */
export class Signal {
  readonly name: 'SIGBUS' | 'SIGSEGV';
  /** The `si_code` that the kernel would report. */
  readonly code: 'BUS_ADRERR' | 'BUS_MCEERR_AR' | 'SEGV_MAPERR' | 'SEGV_ACCERR';
  /** Why: one sentence for a person. */
  readonly why: string;

  constructor(name: Signal['name'], code: Signal['code'], why: string) {
    this.name = name;
    this.code = code;
    this.why = why;
    Object.freeze(this);
  }

  toString(): string {
    return this.name;
  }
}

/**
 * The kernel's own access faulted: it touched a page that its direct map does not have. On a real machine the kernel prints
 * an oops and kills the task; the model returns it and goes on.
 */
export class Oops {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
    Object.freeze(this);
  }

  toString(): string {
    return 'oops';
  }

  show(): string {
    return 'oops';
  }
}

/** What a call that has a count, an offset or a descriptor to return gives back. */
export type Result = number | Errno;

/** True for a refused call, a signal or an oops: the test a C program would write as `ret < 0`. */
export function failed(value: unknown): value is Errno | Signal | Oops {
  return value instanceof Errno || value instanceof Signal || value instanceof Oops;
}

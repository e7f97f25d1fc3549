/**
 * PID namespaces, as far as vm.memfd_noexec needs them: the setting belongs to a namespace, and the effective value is the
 * largest one of the namespace and its ancestors.
 * Source: kernel/pid_sysctl.h and include/linux/pid_namespace.h, Linux 7.3.4; recordings sysctl-noexec-*.
 */
import { Errno, type Result } from '../errno.ts';
import type { Rules } from './kernel.ts';

/** vm.memfd_noexec: the default for calls that name neither flag. */
export const NOEXEC_EXEC = 0;
export const NOEXEC_SEAL = 1;
export const NOEXEC_ENFORCED = 2;

export class PidNamespace {
  readonly parent: PidNamespace | undefined;
  #noexec = NOEXEC_EXEC;

  constructor(parent?: PidNamespace) {
    this.parent = parent;
    if (parent !== undefined) this.#noexec = parent.noexec;
  }

  /** The effective value. */
  get noexec(): number {
    return Math.max(this.#noexec, this.parent?.noexec ?? NOEXEC_EXEC);
  }

  /** Writes vm.memfd_noexec: 0, or EINVAL outside the allowed range. */
  setNoexec(value: number, rules: Rules): Result {
    const lowest = rules.noexec_scope === 'hierarchy' ? (this.parent?.noexec ?? NOEXEC_EXEC) : this.noexec;
    if (!Number.isInteger(value) || value > NOEXEC_ENFORCED || value < lowest) {
      return new Errno('EINVAL', `vm.memfd_noexec takes a value from ${lowest} to ${NOEXEC_ENFORCED} here.`);
    }
    this.#noexec = value;
    return 0;
  }
}

/**
 * Why a guest stopped running and user space has to act: what KVM_RUN leaves in `struct kvm_run`.
 */
import type { Showable } from '../show.ts';

/** One exit to user space, with the fields that go with its reason. It prints as reason and fields. */
export class KvmExit implements Showable {
  /** As in include/uapi/linux/kvm.h or in the named posting. */
  readonly reason: string;
  /** Fields in the order of the kernel's structure, already as text. */
  readonly fields: Readonly<Record<string, string>>;
  /** Why: one sentence for a person. */
  readonly why: string;

  constructor(reason: string, fields: Readonly<Record<string, string>>, why: string) {
    this.reason = reason;
    this.fields = Object.freeze({ ...fields });
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    const fields = Object.entries(this.fields).map(([name, value]) => `${name}: ${value}`);
    return fields.length === 0 ? this.reason : `${this.reason} { ${fields.join(', ')} }`;
  }
}

/** A guest physical address as the models print it. */
export const gpaText = (gpa: number): string => `0x${gpa.toString(16)}`;

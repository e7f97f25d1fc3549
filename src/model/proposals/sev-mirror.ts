/**
 * Sharing an SEV context as it was first posted: RFC of 2021-02-24 by Nathan Tempelman
 * (20210224085915.28751-1-natet@google.com). What was merged two months later is called on the other VM.
 *
 * The posting asks for a mirror by the address of a field, which is never null, so that every VM counts as one. `sevMirrorRfc` is the
 * code as posted. `sevMirrorRfcMeant` tests the field, as the merged code does, and is otherwise the posting.
 */
import { sevKernelOf } from '../sev/kernels.ts';
import type { SevKernel, SevRules } from '../sev/rules.ts';

/** The number in the posting. 194 means KVM_CAP_PPC_DAWR1 today. */
export const KVM_CAP_VM_COPY_ENC_CONTEXT_TO = 194;

const POSTED: SevRules = {
  copy: { capability: KVM_CAP_VM_COPY_ENC_CONTEXT_TO, called_on: 'source' },
  mirror_test: 'the address of the field',
  mirror_error: 'ENOTTY',
  mirror_commands: [],
  mirror_gets: 'ASID',
  target_with_vcpus: 'accepted',
  destroy_keeps_lock: true,
  wrong_fd_leaks: true,
  move: 'absent',
  init2: false,
  reclaim: 'not flushed',
  moved_mirror: 'an owner',
};

const source = '20210224085915.28751-1-natet@google.com';

/** The code as posted. */
export const sevMirrorRfc: SevKernel = sevKernelOf(POSTED, {
  name: 'SEV mirroring, RFC of 2021-02-24',
  version: 'RFC',
  evidence: 'posting',
  source,
});

/** The same with a test of the field. */
export const sevMirrorRfcMeant: SevKernel = sevKernelOf(
  { ...POSTED, mirror_test: 'the field' },
  { name: 'SEV mirroring, RFC of 2021-02-24, testing the field', version: 'RFC', evidence: 'posting', source },
);

/**
 * F_SEAL_INACCESSIBLE and MFD_INACCESSIBLE: v3 (December 2021) to v8 (September 2022) of the series that began with
 * F_SEAL_GUEST. Never merged. Each version as its own text has it; Message-IDs in memfile/rules.ts.
 */
import { memfileKernel } from './memfile/file.ts';
import { VERSIONS } from './memfile/rules.ts';

export { isClosed, MFD_INACCESSIBLE, pinned_vm } from './memfile/file.ts';
export {
  MEMFILE_F_UNMOVABLE,
  MEMFILE_F_UNRECLAIMABLE,
  MEMFILE_F_USER_INACCESSIBLE,
  memfile_register_notifier,
  memfile_unregister_notifier,
} from './memfile/notifier.ts';
export { kvm_create_vm, MemfileVm, type PrivateRegion } from './memfile/vm.ts';

/** v3 as posted: the flag never sets the seal. */
export const inaccessibleV3 = memfileKernel(VERSIONS.v3);
/** v3 as its changelog describes it. */
export const inaccessibleV3Meant = memfileKernel(VERSIONS.v3Meant);
export const inaccessibleV5 = memfileKernel(VERSIONS.v5);
export const inaccessibleV6 = memfileKernel(VERSIONS.v6);
export const inaccessibleV8 = memfileKernel(VERSIONS.v8);

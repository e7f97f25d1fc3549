/**
 * memfd_restricted(): v10 of 2022-12-02, the last version on top of shmem. Never merged; the system call number that it asked
 * for, 451, is cachestat since Linux 6.5.
 */
import { memfileKernel } from './memfile/file.ts';
import { VERSIONS } from './memfile/rules.ts';

export { memfd_restricted } from './memfile/file.ts';
export { KVM_MEMORY_ATTRIBUTE_PRIVATE, kvm_create_vm, MemfileVm, type PrivateRegion } from './memfile/vm.ts';

export const restrictedV10 = memfileKernel(VERSIONS.v10);

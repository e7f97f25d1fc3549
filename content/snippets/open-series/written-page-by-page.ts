/** write() into a guest_memfd, as posted: whole pages, counted up to the one that is refused. */
import { GUEST_MEMFD_FLAG_INIT_SHARED, GUEST_MEMFD_FLAG_MMAP, Host, PAGE } from 'unmapped';
import { GUEST_MEMFD_FLAG_WRITE, kvm_create_vm, writePopulationV5 } from 'unmapped/proposals/write-population';

const qemu = new Host(writePopulationV5).process('qemu');
const vm = kvm_create_vm(qemu, 'vm');
const flags = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED | GUEST_MEMFD_FLAG_WRITE;
const fd = vm.kvm_create_guest_memfd(2 * PAGE, flags);

const image = new Uint8Array(PAGE).fill(0x41);
qemu.pwrite(fd, image, 0); // → 4096
qemu.pwrite(fd, image.subarray(1), 0); // → -EINVAL
qemu.pwrite(fd, image, 1); // → -EINVAL

// The second page ends the file: what was done before counts.
qemu.pwrite(fd, new Uint8Array(3 * PAGE), PAGE); // → 4096
qemu.pread(fd, image, 0); // → -ESPIPE

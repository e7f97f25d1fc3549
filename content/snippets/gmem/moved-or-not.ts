/** The kernel wants to move a page, then to write it out: ordinary memory, secret memory, guest memory. */
import {
  Host,
  KVM_X86_SW_PROTECTED_VM,
  KvmVm,
  linux,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  move_to_new_folio,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  swap_out,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
const memfd = qemu.memfd_create('ordinary', MFD_ALLOW_SEALING);
const secret = qemu.memfd_secret(0);
const gmem = vm.kvm_create_guest_memfd(PAGE);
for (const fd of [memfd, secret]) {
  qemu.ftruncate(fd, PAGE);
  qemu.store(qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 0x41);
}
qemu.fallocate(gmem, 1, 0, PAGE); // → 0

for (const fd of [memfd, secret, gmem]) {
  const file = qemu.file(fd);
  if (!('inode' in file)) continue;
  move_to_new_folio(host, file.inode, 0); // → 0, -EBUSY, -EOPNOTSUPP (×3)
  swap_out(host, file.inode, 0); // → 0, -EBUSY, -EBUSY (×3)
}

// Ordinary memory comes back with its content.
const buffer = new Uint8Array(1);
qemu.pread(memfd, buffer, 0); // → 1
buffer; // → 41

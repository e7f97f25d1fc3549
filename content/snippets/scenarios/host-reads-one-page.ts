/** One page of a guest's memory: what the host reads there, generation by generation. */
import {
  F_ADD_SEALS,
  F_SEAL_WRITE,
  Host,
  linux,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';
import {
  F_SEAL_GUEST,
  fSealGuestV2,
  type GuestVm,
  kvm_create_vm,
  MFD_GUEST,
  mfdGuest,
} from 'unmapped/proposals/f-seal-guest';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

/** Memory that the VMM maps, and KVM by the VMM's address: a memfd, sealed or not, or a secret file. */
function byAddress(g: Generation): Outcome {
  const host = new Host(linux(g.kernel ?? ''));
  const qemu = host.process('qemu');
  const fd = g.id === 'memfd-secret' ? qemu.memfd_secret(0) : qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
  qemu.ftruncate(fd, PAGE);
  const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const vm = kvm_create_vm(qemu, 'vm');
  vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address });
  qemu.store(address, 0x41);
  const pfn = qemu.pagemap(address);
  if (g.id === 'memfd-write-seal') {
    // The seal needs every writable mapping gone; the slot is moved to a mapping that can only read.
    qemu.munmap(address, PAGE);
    qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
  }
  const view = qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: view });
  return {
    'host reads': qemu.load(view),
    'guest reads': vm.guest_load(0),
    'kernel reads': host.kernel_read(pfn),
  };
}

/** Memory that KVM takes from the file, without any user address. */
function byFile(g: Generation): Outcome {
  const flag = g.id === 'mfd-guest';
  const host = new Host(flag ? mfdGuest : fSealGuestV2);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('guest-ram', flag ? MFD_GUEST : MFD_ALLOW_SEALING);
  if (!flag) qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST);
  qemu.fallocate(fd, 0, 0, PAGE);
  const vm: GuestVm = kvm_create_vm(qemu, 'vm');
  vm.kvm_set_user_memory_region_ext({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd });
  vm.guest_store(0, 0x41);
  const file = qemu.file(fd);
  const pfn = 'inode' in file ? (file.inode.page(0)?.frame.pfn ?? 0) : file;
  return {
    'host reads': qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0),
    'guest reads': vm.guest_load(0),
    'kernel reads': host.kernel_read(pfn),
  };
}

export default function scenario(g: Generation): Outcome {
  return g.module === 'unmapped' ? byAddress(g) : byFile(g);
}

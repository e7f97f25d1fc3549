/** Services of the kernel that look up a page behind a user address are refused for secret memory. */
import { Host, linux, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const owner = host.process('owner');
const fd = owner.memfd_secret(0);
owner.ftruncate(fd, PAGE); // → 0
const key = owner.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
owner.store(key, 0x53); // → 0

// Both would take a reference to the page and
// then use the kernel's own mapping of it.
owner.process_vm_readv(owner, key, new Uint8Array(4)); // → -EFAULT
owner.vmsplice(key, PAGE); // → -EFAULT
// Locking it is refused because it is locked already.
owner.mlock(key, PAGE); // → -ENOMEM
owner.load(key); // → 83

/** Secret pages stay until the last reference goes; they cannot be given back page by page. */
import { Host, linux, MADV_DONTNEED, MADV_REMOVE, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const owner = host.process('owner');
const fd = owner.memfd_secret(0);
owner.ftruncate(fd, 2 * PAGE); // → 0
const key = owner.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
owner.store(key, 1); // → 0

// The mapping counts as locked, so its
// pages cannot be dropped by advice.
owner.madvise(key, 2 * PAGE, MADV_DONTNEED); // → -EINVAL
owner.madvise(key, 2 * PAGE, MADV_REMOVE); // → -EINVAL

owner.close(fd); // → 0
owner.load(key); // → 1
// Now nothing refers to the file: its page
// is wiped and returns to the direct map.
owner.munmap(key, 2 * PAGE); // → 0
owner.load(key); // → SIGSEGV

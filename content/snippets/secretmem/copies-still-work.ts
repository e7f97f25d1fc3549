/** System calls that copy by user address still work on secret memory: they go through the caller's own page table. */
import { at, Host, linux, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const owner = host.process('owner');
const fd = owner.memfd_secret(0);
owner.ftruncate(fd, PAGE); // → 0
const key = owner.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
owner.store(key, 0x53); // → 0

// The owner hands the kernel a pointer into
// the secret, and the kernel follows it.
const file = owner.memfd_create('log', 0);
owner.pwrite(file, owner.buffer(key, 4), 0); // → 4
const bytes = new Uint8Array(4);
owner.pread(file, bytes, 0); // → 4
bytes.slice(); // → 53 00×3

// The other direction too: a file's
// bytes straight into the secret.
owner.pwrite(file, '````', 0); // → 4
owner.pread(file, owner.buffer(at(key, 8), 4), 0); // → 4
owner.load(at(key, 8)); // → 96

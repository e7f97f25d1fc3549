/** Who has the descriptor has the memory: a child and a process that was given it, but nobody through /proc. */
import { Host, linux, MAP_SHARED, O_RDWR, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const owner = host.process('owner');
const helper = host.process('helper');
const fd = owner.memfd_secret(0);
owner.ftruncate(fd, PAGE); // → 0
const key = owner.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
owner.store(key, 1); // → 0

// A child shares descriptor and mapping;
// the pages are the same pages.
const child = owner.fork('child');
child.load(key); // → 1
child.store(key, 2); // → 0
owner.load(key); // → 2

// A descriptor that is sent is a right that is given.
const got = owner.scm_rights(fd, helper);
helper.load(helper.mmap(0, PAGE, PROT_READ, MAP_SHARED, got, 0)); // → 2

// Opening it again by name is not possible, for anybody.
owner.open(`/proc/self/fd/${fd}`, O_RDWR); // → -ENXIO

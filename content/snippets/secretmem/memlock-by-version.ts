/** The locked-memory limit: 6.18.44 refuses the mapping, 6.12.117 and 7.3.4 the touch that goes over. */
import { at, Host, linux, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';

// An unprivileged process that may lock two pages.
const limits = { uid: 1000, rlimit_memlock: 2 * PAGE };

const recorded = new Host(linux('6.18.44')).process('app', limits);
const fd = recorded.memfd_secret(0);
recorded.ftruncate(fd, 8 * PAGE); // → 0
// Three pages are one too many, whether
// or not they are ever touched.
recorded.mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0); // → -EAGAIN
const two = recorded.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
recorded.store(at(two, PAGE), 1); // → 0

const newer = new Host(linux('7.3.4')).process('app', limits);
const fd2 = newer.memfd_secret(0);
newer.ftruncate(fd2, 8 * PAGE); // → 0
// Mapping is free; each page is charged when it is first touched.
const all = newer.mmap(0, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd2, 0);
newer.store(all, 1); // → 0
newer.store(at(all, PAGE), 1); // → 0
newer.store(at(all, 2 * PAGE), 1); // → SIGBUS
newer.store(all, 2); // → 0

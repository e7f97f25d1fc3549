/** A secret file may be mapped before it has a size; its pages come into being at the first touch, as zeros. */
import { at, Host, linux, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const owner = host.process('owner');
const fd = owner.memfd_secret(0);
const key = owner.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
owner.load(key); // → SIGBUS

// The mapping was there first and works
// as soon as the file has a size.
owner.ftruncate(fd, PAGE); // → 0
owner.load(key); // → 0
owner.store(at(key, 1), 5); // → 0

// It is longer than the file. Behind
// the end there is nothing to touch.
owner.load(at(key, PAGE)); // → SIGBUS

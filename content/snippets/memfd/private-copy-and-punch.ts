/** A hole takes pages out of the file; copies that a private mapping made are not the file's to take. */
import {
  at,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  linux,
  MAP_PRIVATE,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('template', 0);
maker.ftruncate(fd, 2 * PAGE); // → 0
maker.pwrite(fd, Uint8Array.of(65), 0); // → 1
maker.pwrite(fd, Uint8Array.of(66), PAGE); // → 1

const mine = maker.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
maker.store(at(mine, PAGE), 9); // → 0

maker.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 2 * PAGE); // → 0
maker.load(mine); // → 0
maker.load(at(mine, PAGE)); // → 9

// Truncation is harsher: it takes the
// copies behind the new end as well.
maker.ftruncate(fd, PAGE); // → 0
maker.load(at(mine, PAGE)); // → SIGBUS

/** A hole is read as zeros. Reading it by a call costs no page, loading it through a mapping does. */
import {
  at,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  linux,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  SEEK_DATA,
  SEEK_HOLE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('sparse', 0);
maker.ftruncate(fd, 4 * PAGE); // → 0
maker.pwrite(fd, 'x', PAGE); // → 1

maker.lseek(fd, 0, SEEK_DATA); // → 4096
maker.lseek(fd, PAGE, SEEK_HOLE); // → 8192

// The gutter shows one page before and
// after: the call allocates nothing.
maker.pread(fd, new Uint8Array(PAGE), 2 * PAGE); // → 4096
const view = maker.mmap(0, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
maker.load(at(view, 2 * PAGE)); // → 0

// And a hole can be made: the page is given back, the size stays.
maker.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE, PAGE); // → 0
maker.load(at(view, PAGE)); // → 0

/** The last page of a file is whole: what is stored in it behind the end hides, and appears when the file grows. */
import { at, Host, linux, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('short', 0);
maker.ftruncate(fd, 100); // → 0
const addr = maker.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

// Byte 200 is behind the end, but in a page that the file has.
maker.store(at(addr, 200), 0x55); // → 0
maker.load(at(addr, 200)); // → 85
// The next page is not the file's at all.
maker.load(at(addr, PAGE)); // → SIGBUS

const bytes = new Uint8Array(4);
maker.pread(fd, bytes, 200); // → 0
maker.ftruncate(fd, 300); // → 0
maker.pread(fd, bytes, 200); // → 4
bytes.slice(); // → 55 00×3

/** A mapping refers to the file by itself: it keeps the pages after the last descriptor is closed. */
import { Host, linux, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('scratch', MFD_ALLOW_SEALING);
maker.ftruncate(fd, PAGE); // → 0
const addr = maker.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
maker.store(addr, 9); // → 0

maker.close(fd); // → 0
maker.load(addr); // → 9

// The last reference goes, and with it the file and its page.
maker.munmap(addr, PAGE); // → 0
maker.load(addr); // → SIGSEGV

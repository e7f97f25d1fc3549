/** Under F_SEAL_GROW a write across the end is cut at a page boundary, or refused, or both in turn. */
import { F_ADD_SEALS, F_SEAL_GROW, FALLOC_FL_KEEP_SIZE, Host, linux, MFD_ALLOW_SEALING, PAGE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');

const whole = maker.memfd_create('two-pages', MFD_ALLOW_SEALING);
maker.ftruncate(whole, 2 * PAGE); // → 0
maker.fcntl(whole, F_ADD_SEALS, F_SEAL_GROW); // → 0
// 16 bytes are asked for, 8 fit before the end.
maker.pwrite(whole, new Uint8Array(16), 2 * PAGE - 8); // → 8
maker.pwrite(whole, new Uint8Array(1), 2 * PAGE); // → -EPERM
// Behind the end counts as growing,
// even if the size is to be kept.
maker.fallocate(whole, FALLOC_FL_KEEP_SIZE, 2 * PAGE, PAGE); // → -EPERM

// When the file ends inside a page the
// chunk in that page fails as a whole.
const part = maker.memfd_create('page-and-100', MFD_ALLOW_SEALING);
maker.ftruncate(part, PAGE + 100); // → 0
maker.fcntl(part, F_ADD_SEALS, F_SEAL_GROW); // → 0
maker.pwrite(part, new Uint8Array(20), PAGE + 90); // → -EPERM
maker.pwrite(part, new Uint8Array(200), PAGE - 10); // → 10

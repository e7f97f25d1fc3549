/** The erratum of early parts: less than a line, written past the caches, poisons a TD's line at once. */
import { TdxPlatform } from 'unmapped';

const early = new TdxPlatform({ lines: 2, partialWriteErratum: true });
const td = early.td('guest');
td.accept(0); // → TDX_SUCCESS
td.accept(1); // → TDX_SUCCESS

// An ordinary store reads the line, changes it in the cache and writes it back whole.
early.host_write(0, 'x'); // → 0
early.host_read(0); // → 'x'

// A non-temporal store, an uncached mapping or a device can write less than that.
early.host_write_part(1, 'x'); // → 0
early.host_read(1); // → #MC in host

// On later parts the controller merges, and the host never sees a machine check of it.
const later = new TdxPlatform({ lines: 1 });
const guest = later.td('guest');
guest.accept(0); // → TDX_SUCCESS
later.host_write_part(0, 'x'); // → 0
later.host_read(0); // → 'x'
guest.read(0); // → #MC in td: the TD is fatal

/** A page that a TD gives back still has its owner bit; what the host finds there depends on what it does first. */
import { TdxPlatform } from 'unmapped';

const platform = new TdxPlatform({ lines: 3, partialWriteErratum: true });
const td = platform.td('guest');
for (const line of [0, 1, 2]) td.accept(line); // → TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS (×3)
td.write(0, 'secret'); // → 0

// The guest ends. KVM 6.16 writes every line with MOVDIR64B before the page goes back.
platform.movdir64b(0); // → 0
platform.host_read(0); // → 'zeros'
platform.host_write_part(0, 'log'); // → 0
platform.host_read(0); // → 'log'

// A page that was not cleared: reading it is harmless, an ordinary store makes it the host's.
platform.host_read(1); // → 'zeros'
platform.host_write(1, 'log'); // → 0
platform.host_read(1); // → 'log'

// On early parts its first partial write is one too many.
platform.host_write_part(2, 'log'); // → 0
platform.host_read(2); // → #MC in host

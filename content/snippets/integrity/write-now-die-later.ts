/** The host's write succeeds and nobody is told; the guest's next read ends the guest. */
import { TdxPlatform } from 'unmapped';

const platform = new TdxPlatform({ lines: 4 });
const td = platform.td('guest');
for (const line of [0, 1, 2, 3]) td.accept(line); // → TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS, TDX_SUCCESS (×4)
td.write(1, 'secret'); // → 0

// The host reads through its own mapping: zeros, and nothing happens to the line.
platform.host_read(1); // → 'zeros'
td.read(1); // → 'secret'

// The host writes. Writes are never checked.
platform.host_write(1, 'x'); // → 0
td.read(0); // → 'zeros'

// The check comes with the read.
td.read(1); // → #MC in td: the TD is fatal
td.fatal; // → true
td.tdh_vp_enter(); // → TDX_TD_FATAL
platform.up; // → true

/** What a host's read of TD memory returns depends on the key that it reads with. */
import { TdxPlatform } from 'unmapped';

const platform = new TdxPlatform({ lines: 1 });
const td = platform.td('guest');
td.accept(0); // → TDX_SUCCESS
td.write(0, 'secret'); // → 0

// KeyID 0 has no integrity: zeros, no poison, as often as the host likes.
platform.host_read(0); // → 'zeros'
platform.host_read(0); // → 'zeros'
td.read(0); // → 'secret'

// A key of the host that has integrity: zeros as well, and the line is poisoned.
const mktme = platform.memory.sharedKey(5);
platform.host_read(0, mktme); // → #MC in host
platform.host_read(0); // → #MC in host
td.read(0); // → #MC in td: the TD is fatal

/** The same poisoned line, read by three: a guest, the host, the TDX module. */
import { TdxPlatform } from 'unmapped';

function overwritten() {
  const platform = new TdxPlatform({ lines: 2 });
  const td = platform.td('guest');
  td.accept(0);
  platform.host_write(0, 'x');
  return { platform, td };
}

// The guest reads it: the guest is over, the host and its other guests are not.
const { platform, td } = overwritten();
const other = platform.td('other');
other.accept(1); // → TDX_SUCCESS
td.read(0); // → #MC in td: the TD is fatal
td.tdh_vp_enter(); // → TDX_TD_FATAL
other.read(1); // → 'zeros'

// The poison is in the line now, and waits for whoever reads it next.
platform.host_read(0); // → #MC in host
platform.up; // → true

// The module reads it while it works for the host: the machine stops.
const second = overwritten();
second.platform.module_read(second.td, 0); // → #MC in module: unbreakable shutdown
second.platform.up; // → false
second.platform.host_read(1); // → 'no answer: the platform is down'

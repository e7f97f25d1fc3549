/** Two kinds of integrity: a bit says who wrote last, a MAC says what. */
import { TdxPlatform } from 'unmapped';

function guest(mode: 'Ci' | 'Li') {
  const platform = new TdxPlatform({ mode });
  const td = platform.td('guest');
  td.accept(0);
  td.write(0, 'secret');
  return { platform, td };
}

// A write by the host: both notice, by the owner bit.
const [c1, l1] = [guest('Ci'), guest('Li')];
c1.platform.host_write(0, 'x'); // → 0
l1.platform.host_write(0, 'x'); // → 0
c1.td.read(0); // → #MC in td: the TD is fatal
l1.td.read(0); // → #MC in td: the TD is fatal

// Other ciphertext in the memory chips, the owner bit as it was: only the MAC notices.
const [c2, l2] = [guest('Ci'), guest('Li')];
c2.platform.tamper(0); // → 0
l2.platform.tamper(0); // → 0
c2.td.read(0); // → #MC in td: the TD is fatal
l2.td.read(0); // → 'garbled'

// Another guest's line under this guest's key: again only the MAC.
const [c3, l3] = [guest('Ci'), guest('Li')];
c3.platform.td('other').read(0); // → #MC in td: the TD is fatal
l3.platform.td('other').read(0); // → 'garbled'

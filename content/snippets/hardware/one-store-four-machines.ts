/** The host stores into a guest's private page, on four kinds of machine: who notices. */
import { hardware, machines } from 'unmapped/hardware';

machines; // → ['none', 'sev', 'snp', 'tdx']
for (const id of machines) {
  const machine = hardware(id);
  machine.guest_write(0, 'secret');
  machine.host_read(); // → 'secret', ciphertext, ciphertext, zeros (×4)
  machine.host_write('forged'); // → 0, 0, #PF { RMP }, 0 (×4)
  machine.guest_read(0); // → 'forged', other bytes, 'secret', #MC in td: the TD is fatal (×4)
}

/** A page that was private, shared, and private again, with no store of the host in between: what is left in it. */
import { hardware, machines } from 'unmapped/hardware';

for (const id of machines) {
  const machine = hardware(id);
  machine.guest_write(0, 'secret');
  machine.guest_share();
  machine.host_read(); // → 'secret', ciphertext, ciphertext, zeros (×4)
  machine.guest_unshare();
  machine.guest_read(0); // → 'secret', 'secret', 'secret', zeros (×4)
}

/** v5 charges whoever allocates and credits whoever punches: two processes are enough to confuse it. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, Host, PAGE } from 'unmapped';
import { inaccessibleV5, MFD_INACCESSIBLE, pinned_vm } from 'unmapped/proposals/inaccessible';

const host = new Host(inaccessibleV5);
const qemu = host.process('qemu');
const helper = host.process('helper');
const fd = qemu.memfd_create('guest-ram', MFD_INACCESSIBLE);
const passed = qemu.scm_rights(fd, helper);

// QEMU allocates four pages, and has to account for them.
qemu.fallocate(fd, 0, 0, 4 * PAGE); // → 0
pinned_vm(qemu); // → 4

// A helper gives them back: it is credited for what it never paid.
helper.fallocate(passed, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4 * PAGE); // → 0
pinned_vm(helper); // → -4
pinned_vm(qemu); // → 4

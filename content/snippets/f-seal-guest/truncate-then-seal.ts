/** A peer truncates the file it was given and seals it as guest memory: the owner is locked out of its own file. */
import { F_ADD_SEALS, F_SEAL_SHRINK, Host, MFD_ALLOW_SEALING } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2 } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const owner = host.process('owner');
const peer = host.process('peer');

// The owner shares a file with a process that it does not trust.
const fd = owner.memfd_create('shared-buffer', MFD_ALLOW_SEALING);
owner.write(fd, 'hello'); // → 5
const received = owner.scm_rights(fd, peer);

// The peer empties the file and seals it.
peer.ftruncate(received, 0); // → 0
peer.fcntl(received, F_ADD_SEALS, F_SEAL_GUEST); // → 0

// The file is the owner's no more, and a seal is never taken back.
owner.pwrite(fd, 'hello', 0); // → -EPERM
owner.pread(fd, new Uint8Array(5), 0); // → -EPERM

// With F_SEAL_SHRINK set first, the file cannot be emptied, so it cannot be sealed.
const safe = owner.memfd_create('safe-buffer', MFD_ALLOW_SEALING);
owner.write(safe, 'hello'); // → 5
owner.fcntl(safe, F_ADD_SEALS, F_SEAL_SHRINK); // → 0
const passed = owner.scm_rights(safe, peer);
peer.ftruncate(passed, 0); // → -EPERM
peer.fcntl(passed, F_ADD_SEALS, F_SEAL_GUEST); // → -EBUSY
owner.pwrite(safe, 'HELLO', 0); // → 5

/** The length that was checked need not be the one that is used, as long as the sender can still write. */
import { F_ADD_SEALS, F_SEAL_WRITE, Host, linux, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ } from 'unmapped';

const host = new Host(linux('6.18.44'));
const sender = host.process('sender');
const receiver = host.process('receiver');

const fd = sender.memfd_create('message', MFD_ALLOW_SEALING);
sender.ftruncate(fd, PAGE); // → 0
sender.pwrite(fd, Uint8Array.of(16), 0); // → 1

const got = sender.scm_rights(fd, receiver);
const message = receiver.mmap(0, PAGE, PROT_READ, MAP_SHARED, got, 0);
receiver.load(message); // → 16

// The receiver has seen 16 and found it
// small enough. Now the sender writes again.
sender.pwrite(fd, Uint8Array.of(255), 0); // → 1
receiver.load(message); // → 255

// With the write seal the second look
// gives what the first one gave.
receiver.munmap(message, PAGE); // → 0
receiver.fcntl(got, F_ADD_SEALS, F_SEAL_WRITE); // → 0
sender.pwrite(fd, Uint8Array.of(16), 0); // → -EPERM

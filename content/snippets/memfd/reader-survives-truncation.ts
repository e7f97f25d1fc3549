/** A reader dies when its peer truncates the file; F_SEAL_SHRINK is the promise that this cannot happen. */
import { at, F_ADD_SEALS, F_SEAL_SHRINK, Host, linux, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ } from 'unmapped';

const host = new Host(linux('6.18.44'));
const client = host.process('client');
const server = host.process('server');

const fd = client.memfd_create('buffer', MFD_ALLOW_SEALING);
client.ftruncate(fd, 2 * PAGE); // → 0
client.pwrite(fd, 'frame 1', PAGE); // → 7

// The server maps what it was sent and reads the second page.
const got = client.scm_rights(fd, server);
const view = server.mmap(0, 2 * PAGE, PROT_READ, MAP_SHARED, got, 0);
server.load(at(view, PAGE)); // → 102

// The client takes the page back. The
// server's mapping is as valid as before.
client.ftruncate(fd, PAGE); // → 0
server.load(at(view, PAGE)); // → SIGBUS

// The same once more, with the promise.
client.ftruncate(fd, 2 * PAGE); // → 0
client.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK); // → 0
client.ftruncate(fd, PAGE); // → -EPERM
server.load(at(view, PAGE)); // → 0

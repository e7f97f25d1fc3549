/** The same byte in a memfd and in a secret file: the owner reads both, the kernel by its own mapping only one. */
import { Host, linux, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const owner = host.process('owner');

const plain = owner.memfd_create('plain', 0);
owner.ftruncate(plain, PAGE); // → 0
const a = owner.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, plain, 0);
owner.store(a, 0x2a); // → 0
host.picture('an ordinary memfd: the kernel maps its page too');

const secret = owner.memfd_secret(0);
owner.ftruncate(secret, PAGE); // → 0
const b = owner.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, secret, 0);
// Nothing has left the direct map yet:
// there is no page before the first touch.
owner.store(b, 0x2a); // → 0
host.picture('a secret file: only the owner maps its page');

owner.load(a); // → 42
owner.load(b); // → 42

// The kernel looks at the two page frames through its direct map.
host.kernel_read(owner.pagemap(a)); // → 42
host.kernel_read(owner.pagemap(b)); // → oops

/** The size of a secret file can be set once, from zero. */
import { Host, linux, PAGE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const owner = host.process('owner');
const fd = owner.memfd_secret(0);

// From 0 to 0 is no change, and the one chance is still there.
owner.ftruncate(fd, 0); // → 0
owner.ftruncate(fd, 2 * PAGE); // → 0

// From now on every size is refused, the present one included.
owner.ftruncate(fd, 2 * PAGE); // → -EINVAL
owner.ftruncate(fd, 3 * PAGE); // → -EINVAL
owner.ftruncate(fd, 0); // → -EINVAL

// Other attributes are not affected.
owner.fchmod(fd, 0o600); // → 0

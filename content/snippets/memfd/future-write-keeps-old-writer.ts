/** F_SEAL_FUTURE_WRITE: the creator goes on writing through its old mapping, and nobody else ever can. */
import {
  F_ADD_SEALS,
  F_SEAL_FUTURE_WRITE,
  Host,
  linux,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const producer = host.process('producer');
const consumer = host.process('consumer');

const fd = producer.memfd_create('cursor-window', MFD_ALLOW_SEALING);
producer.ftruncate(fd, PAGE); // → 0
const old = producer.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
producer.fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE); // → 0

// The consumer gets a read-only view, and no way to make it more.
const got = producer.scm_rights(fd, consumer);
consumer.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, got, 0); // → -EPERM
const view = consumer.mmap(0, PAGE, PROT_READ, MAP_SHARED, got, 0);
consumer.mprotect(view, PAGE, PROT_READ | PROT_WRITE); // → -EACCES
consumer.pwrite(got, 'x', 0); // → -EPERM

// The producer's mapping is older than the seal:
// its stores go through, and the view shows them.
producer.store(old, 7); // → 0
consumer.load(view); // → 7
// The descriptor itself has lost the right to write.
producer.pwrite(fd, 'x', 0); // → -EPERM

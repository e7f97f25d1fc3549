/** What a permitted access finds in memory: the page holds what the guest wrote, with the C-bit of the row. */
import { RmpFault, SnpMachine, show } from '../../../model/index.ts';
import { MemoryKey } from '../../../model/machine/cipher.ts';
import { EncryptedMemory, NO_KEY } from '../../../model/machine/encryption.ts';
import { Frame } from '../../../model/machine/memory.ts';
import { REGION_BYTES } from '../../../model/sev/rmp-entry.ts';
import { PAGE } from '../../../model/units.ts';
import { utf8 } from '../../../model/utf8.ts';
import { type AccessRow, cBit } from './access-row.ts';
import { FIRST, GPA, INDEX, place, SELF } from './entry.ts';

const SECRET = 'what was written';
const TARGET = GPA + INDEX * PAGE;

/** What the accessor reads; of a write, whether the host sees it. */
export function data(row: AccessRow): string {
  if ((row.mode ?? 'snp') !== 'snp') return withoutRmp();
  const machine = new SnpMachine();
  const region = machine.alloc('region', REGION_BYTES);
  const spa = region + INDEX * PAGE;
  const guest = machine.guest('guest', { asid: SELF });
  const secret = row.actor === 'host' || cBit(row) === 1;
  machine.npt_map(guest, GPA, region, row.map_level === '4K' ? '2M' : row.map_level);
  if (row.map_level === '4K') machine.npt_map(guest, TARGET, spa, '4K');
  if (secret) guest.seal(spa, utf8(SECRET));
  else guest.set_c_bit(TARGET, 0);
  place(machine.rmp, spa / PAGE, TARGET, row.rmp);
  if (row.access === 'data-write') {
    const written = row.actor === 'host' ? machine.host_write(spa, SECRET) : guest.write(TARGET, SECRET);
    if (written !== 0) return show(written);
    return show(machine.host_read(spa, SECRET.length)) === show(SECRET) ? 'shared with host' : 'private';
  }
  const read = row.actor === 'host' ? machine.host_read(spa, SECRET.length) : guest.read(TARGET, SECRET.length);
  if (read instanceof RmpFault) return show(read);
  return show(read) === show(SECRET) ? 'plaintext' : 'ciphertext';
}

/** What the host reads after a guest of plain SEV wrote, before and after the guest's cache lines were flushed. */
function hostReads(coherent: boolean): { readonly before: string; readonly after: string } {
  const memory = new EncryptedMemory(coherent);
  const frame = new Frame(FIRST);
  memory.setKey(SELF, new MemoryKey('guest'));
  const empty = show(new Uint8Array(SECRET.length));
  const read = (): string => {
    const seen = show(memory.read(frame, 0, SECRET.length, NO_KEY));
    memory.clflush(frame);
    if (seen === empty) return 'stale';
    return seen === show(utf8(SECRET)) ? 'plaintext' : 'ciphertext';
  };
  memory.write(frame, 0, utf8(SECRET), SELF);
  const before = read();
  memory.vmPageFlush(frame, SELF);
  return { before, after: read() };
}

/** The same on a machine whose caches keep views with different keys coherent, and on one where they do not. */
function withoutRmp(): string {
  const without = hostReads(false);
  const kept = hostReads(true).before === without.after && without.before === 'stale';
  const caches = '; stale unless the guest view was flushed where caches are not coherent across encryption domains';
  return `${without.after}${kept ? caches : ''}`;
}

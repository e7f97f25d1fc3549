/**
 * A machine with AMD's memory encryption, by what its guest uses: nothing, SEV, or SEV-SNP. The three differ in the key of the
 * guest's pages and in whether the RMP knows them; the host and its tables are the same.
 *
 * Source: that of src/model/sev/snp-machine.ts. Left out, as there: caches (see the models of SEV for what they keep apart),
 * ciphertext hiding, devices. For an SEV guest the registers are no matter here, so SEV-ES is the same.
 */
import { RMP_PG_SIZE_4K } from '../sev/rmp-entry.ts';
import { RmpFault } from '../sev/rmp-fault.ts';
import type { SnpGuest } from '../sev/snp-guest.ts';
import { SnpMachine } from '../sev/snp-machine.ts';
import { PAGE } from '../units.ts';
import type { Answer, HardwareStage } from './index.ts';
import { LENGTH, said, wordOf } from './words.ts';

const ADDRESS = [0x10000, 0x10000 + PAGE] as const;
const ASID = 5;

export function amdMachine(mode: 'plain' | 'sev' | 'snp'): HardwareStage {
  const machine = new SnpMachine(mode === 'snp' ? {} : { rmp_end: 0 });
  const guest = machine.guest('guest', { asid: ASID, mode });
  const pages = [machine.alloc('first page'), machine.alloc('second page')] as const;
  const words = new Set<string>();
  const assign = (page: 0 | 1): Answer =>
    mode === 'snp' ? machine.rmpupdate(pages[page], { assigned: 1, asid: ASID, gpa: ADDRESS[page] }) : 0;
  for (const page of [0, 1] as const) {
    machine.npt_map(guest, ADDRESS[page], pages[page]);
    assign(page);
    if (mode === 'snp') guest.pvalidate(ADDRESS[page], 1, RMP_PG_SIZE_4K);
  }
  const readBy = (who: SnpGuest): Answer => {
    const found = who.read(ADDRESS[0], LENGTH);
    return found instanceof RmpFault ? found : wordOf(found.bytes, words, 'other bytes');
  };
  return {
    guest_write: (page, word) => {
      words.add(word);
      return guest.write(ADDRESS[page], word);
    },
    guest_read: (page) => {
      const found = guest.read(ADDRESS[page], LENGTH);
      return found instanceof RmpFault ? found : wordOf(found.bytes, words, 'other bytes');
    },
    host_read: () => wordOf(machine.host_read(pages[0], LENGTH).bytes, words, 'ciphertext'),
    host_read_checked: () => said('no such key', 'The host has no keys with integrity here.'),
    host_write: (word) => {
      words.add(word);
      return machine.host_write(pages[0], word);
    },
    host_save: (page) => {
      const kept = machine.host_read(pages[page], PAGE).bytes;
      return (to) => machine.host_write(pages[to], kept);
    },
    host_remap: () => machine.npt_map(guest, ADDRESS[0], pages[1]),
    host_take: () =>
      mode === 'snp' ? machine.rmpupdate(pages[0], {}) : said('nothing to ask', 'The page is the host’s all the time.'),
    other_guest: () => {
      const other = machine.guest('other', { asid: ASID + 1, mode });
      const given = machine.npt_map(other, ADDRESS[0], pages[0]);
      return { given, reads: readBy(other) };
    },
    guest_share: () => {
      if (mode === 'plain') return said('nothing to do', 'All of its memory is open to the host.');
      if (mode === 'sev') return guest.set_c_bit(ADDRESS[0], 0);
      guest.pvalidate(ADDRESS[0], 0, RMP_PG_SIZE_4K);
      guest.set_c_bit(ADDRESS[0], 0);
      return machine.rmpupdate(pages[0], {});
    },
    guest_unshare: () => {
      if (mode === 'plain') return said('nothing to do', 'All of its memory is open to the host.');
      if (mode === 'sev') return guest.set_c_bit(ADDRESS[0], 1);
      const given = assign(0);
      guest.set_c_bit(ADDRESS[0], 1);
      const accepted = guest.pvalidate(ADDRESS[0], 1, RMP_PG_SIZE_4K);
      return given === 0 ? (accepted as Answer) : given;
    },
  };
}

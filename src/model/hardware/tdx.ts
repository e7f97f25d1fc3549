/**
 * A machine with TDX. Two models stand behind it: the module, which says who may have which page (src/model/tdx/module.ts), and
 * the memory controller, which says what a read returns and a write leaves behind (src/model/machine/integrity.ts). One cache line
 * stands for a page: line 0 for the first, line 1 for the second.
 *
 * The host reads with KeyID 0, which has no integrity: it sees zeros. With a key of its own that has a MAC it consumes poison. The
 * processor has no partial-write erratum; memory is in the
 * mode with a MAC (Ci), as on the parts that Linux runs on.
 */
import { TdxPlatform } from '../tdx/consumers.ts';
import { TdExit, VirtualizationException } from '../tdx/exit.ts';
import { TdxModule } from '../tdx/module.ts';
import { MIN_TDCX } from '../tdx/td.ts';
import { PAGE } from '../units.ts';
import type { Answer, HardwareStage } from './index.ts';
import { said } from './words.ts';

const GPA = [0, PAGE] as const;
const BASE = 0x4000_0000;
/** Private key numbers; the first of all is the module's own. */
const KEYS = [33, 34] as const;
/** A key number of the host other than 0. */
const HOST_KEYID = 5;
/** Physical pages: two for the TDs' roots, some for their control pages and tables, two for memory. */
const MEMORY = [BASE + 0x100 * PAGE, BASE + 0x101 * PAGE] as const;

export function tdxMachine(): HardwareStage {
  const platform = new TdxPlatform({ lines: 2 });
  const module = new TdxModule({ trace: platform.trace });
  let next = BASE;
  const take = (): number => {
    next += PAGE;
    return next - PAGE;
  };
  const built = (hkid: number): number => {
    const td = take();
    module.tdh_mng_create(td, hkid);
    module.tdh_mng_key_config(td);
    for (let page = 0; page < MIN_TDCX; page++) module.tdh_mng_addcx(td, take());
    module.tdh_mng_init(td);
    module.tdh_vp_create(td, take());
    for (let level = module.td(td)?.sept?.root.level ?? 0; level > 0; level--)
      module.tdh_mem_sept_add(td, 0, level, take());
    module.tdh_mr_finalize(td);
    return td;
  };
  const td = built(KEYS[0]);
  const guest = platform.td('guest');
  /** The host gives a page, the guest accepts it: the line is zeroed with the TD's key. */
  const give = (page: 0 | 1): Answer => {
    const added = module.tdh_mem_page_aug(td, GPA[page], 0, MEMORY[page]);
    if (added.error) return added;
    const accepted = module.tdg_mem_page_accept(td, GPA[page], 0);
    guest.accept(page);
    return accepted;
  };
  give(0);
  give(1);
  /** Block, track, remove: the only way to get a page out of a TD that runs. */
  const remove = (): Answer => {
    module.tdh_mem_range_block(td, GPA[0], 0);
    module.tdh_mem_track(td);
    return module.tdh_mem_page_remove(td, GPA[0], 0);
  };
  const reach = (page: 0 | 1): Answer | undefined => {
    const found = module.guest_read(td, GPA[page], 1);
    return found instanceof TdExit || found instanceof VirtualizationException ? found : undefined;
  };
  const text = (answer: Answer): Answer =>
    typeof answer === 'string' && answer !== 'zeros'
      ? said(answer === 'garbled' ? 'other bytes' : `'${answer}'`)
      : plain(answer);
  const plain = (answer: Answer): Answer => (typeof answer === 'string' ? said(answer) : answer);
  return {
    guest_write: (page, word) => reach(page) ?? guest.write(page, word),
    guest_read: (page) => reach(page) ?? text(guest.read(page)),
    host_read: () => text(platform.host_read(0)),
    host_read_checked: () => text(platform.host_read(0, platform.memory.sharedKey(HOST_KEYID))),
    host_write: (word) => platform.host_write(0, word),
    host_save: (page) => {
      const kept = platform.host_read(page);
      return (to) => platform.host_write(to, typeof kept === 'string' && kept !== 'zeros' ? kept : '');
    },
    host_remap: () => module.tdh_mem_page_aug(td, GPA[0], 0, MEMORY[1]),
    host_take: remove,
    other_guest: () => {
      const other = built(KEYS[1]);
      const given = module.tdh_mem_page_aug(other, GPA[0], 0, MEMORY[0]);
      const found = module.guest_read(other, GPA[0], 1);
      return { given, reads: found instanceof Uint8Array ? said('a byte') : found };
    },
    guest_share: remove,
    guest_unshare: () => give(0),
  };
}

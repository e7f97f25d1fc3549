/**
 * A TD that is ready to be looked at: the calls that every host makes first, in their order, so that a snippet can begin with its
 * own question. The physical pages are those of the start situations in content/evidence/tdx_sept/setups.json.
 */
import { PAGE } from '../units.ts';
import type { TdParams } from './life-cycle.ts';
import type { TdxModule } from './module.ts';
import type { TdxStatus } from './status.ts';
import { MIN_TDCX } from './td.ts';

const TDR = 0x4000_0000;
/** The first page that becomes a table. */
const TABLES = 0x4001_0000;

export interface BringUp extends TdParams {
  readonly vcpus?: number;
  /** Physical address of the root page; the control pages follow it. */
  readonly tdr?: number;
  readonly hkid?: number;
}

function must(status: TdxStatus): void {
  if (status.error) throw new RangeError(`${status.text}: ${status.why}`);
}

/** Create, configure the key, six control pages, initialize, virtual CPUs: the TD is INITIALIZED. Its name: its root page. */
export function initialized_td(tdx: TdxModule, options: BringUp = {}): number {
  const { vcpus = 1, tdr = TDR, hkid = 40, ...params } = options;
  must(tdx.tdh_mng_create(tdr, hkid));
  for (let pkg = 0; pkg < tdx.machine.packages; pkg++) must(tdx.tdh_mng_key_config(tdr, pkg));
  for (let page = 1; page <= MIN_TDCX; page++) must(tdx.tdh_mng_addcx(tdr, tdr + page * PAGE));
  must(tdx.tdh_mng_init(tdr, params));
  for (let vcpu = 1; vcpu <= vcpus; vcpu++) must(tdx.tdh_vp_create(tdr, tdr + (MIN_TDCX + vcpu) * PAGE));
  return tdr;
}

/**
 * Tables down to `level` for the range of `gpa`: the entry of that level can take a page. Pages from `first` on are used; how many
 * there were.
 */
export function add_tables(tdx: TdxModule, td: number, gpa = 0, level = 0, first = TABLES): number {
  const top = tdx.td(td)?.sept?.root.level ?? 0;
  let page = first;
  for (let at = top; at > level; at--) {
    const bytes = PAGE * 512 ** at;
    if (tdx.entry(td, gpa, at) !== 'FREE') continue;
    must(tdx.tdh_mem_sept_add(td, gpa - (gpa % bytes), at, page));
    page += PAGE;
  }
  return (page - first) / PAGE;
}

/** Initialized, with tables down to 4 KiB for the first 2 MiB, and finalized: the TD is RUNNABLE. */
export function runnable_td(tdx: TdxModule, options: BringUp & { readonly tables?: number } = {}): number {
  const { tables = 0, ...rest } = options;
  const td = initialized_td(tdx, rest);
  add_tables(tdx, td, 0, tables);
  must(tdx.tdh_mr_finalize(td));
  return td;
}

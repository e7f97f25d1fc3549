/** Makes the calls of a Secure-EPT vector on the model, by the names that the vectors use, and looks at the state between. */
import { type Interrupted, PAGE, TdExit, TdxModule, TdxStatus, VirtualizationException } from '../../model/index.ts';
import { CannotReplay } from '../cannot-replay.ts';

type Fields = { readonly [field: string]: unknown };

/** The TD that every vector speaks of unless it names another. */
const TDR = 0x4000_0000;

/** What a call gave, as the vectors spell it. */
export interface Answer {
  readonly status: string;
  readonly details: TdxStatus['details'];
  readonly exit?: Fields;
  readonly data?: string;
}

const KNOWN = new Set([
  'tdr',
  'hkid',
  'page',
  'gpaw',
  'ept_levels',
  'vcpus',
  'vcpu',
  'gpa',
  'level',
  'source',
  'source_fill',
  'len',
  'hex',
  'resume',
  'count',
  'stride',
  'interrupt_after',
]);

/** Numbers are hexadecimal texts, levels and counts plain numbers. */
export function number(value: unknown): number {
  const parsed = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(parsed)) throw new CannotReplay(`'${String(value)}' is not a number`);
  return parsed;
}

const bytes = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const hex = (data: Uint8Array): string => [...data].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export class Driver {
  readonly module = new TdxModule();
  #td = TDR;

  /** Makes one call; `args` as in the vectors, with `count` and `stride` as often as they say. The last answer counts. */
  call(name: string, args: Fields): Answer {
    for (const key of Object.keys(args)) {
      if (!KNOWN.has(key)) throw new CannotReplay(`${name} has an operand '${key}' that this project does not know`);
    }
    const count = args['count'] === undefined || name.startsWith('VP.FLUSH*') ? 1 : number(args['count']);
    const stride = number(args['stride'] ?? PAGE);
    let answer = this.#once(name, args);
    for (let i = 1; i < count; i++) {
      const moved = { ...args, gpa: number(args['gpa']) + i * stride };
      answer = this.#once(
        name,
        args['page'] === undefined ? moved : { ...moved, page: number(args['page']) + i * stride },
      );
    }
    return answer;
  }

  #once(name: string, args: Fields): Answer {
    const call =
      CALLS[name] ?? Object.entries(CALLS).find(([key]) => key.endsWith('*') && name.startsWith(`${key} `))?.[1];
    if (call === undefined) throw new CannotReplay(`the call '${name}' is not one that this project has a model of`);
    const named = args['tdr'] === undefined ? undefined : number(args['tdr']);
    if (named !== undefined && this.module.td(this.#td) === undefined) this.#td = named;
    return answerOf(call(this.module, named ?? this.#td, args));
  }

  /** A condition that another processor holds during the call. */
  hold(condition: string): void {
    const lock = /^entry lock of GPA (0x[0-9a-f]+) level (\d) is held$/.exec(condition);
    if (lock !== null) this.module.lock_entry(this.#td, number(lock[1]), number(Number(lock[2])));
    else if (condition === 'TDR.FATAL is set') this.module.machine_check(this.#td);
    else throw new CannotReplay(`the condition '${condition}' is not one that this project has a model of`);
  }

  /** State of an entry, or undefined where no walk reaches it. */
  entry(gpa: number, level: number): string | undefined {
    return this.module.entry(this.#td, gpa, level);
  }

  /** The entry as the traces spell it. */
  entryText(gpa: number, level: number): string {
    const state = this.entry(gpa, level);
    if (state !== undefined) return state;
    const walk = this.module.td(this.#td)?.sept?.walk(gpa, level);
    return `unreachable (walk ends at level ${walk?.level ?? '?'})`;
  }

  pageType(hpa: number, level: number): string {
    return this.module.machine.pamt.entry(hpa - (hpa % (PAGE * 512 ** level)), level).type;
  }

  bepoch(hpa: number, level: number): number {
    return this.module.machine.pamt.entry(hpa - (hpa % (PAGE * 512 ** level)), level).bepoch;
  }

  get chldcnt(): number {
    return this.module.td(this.#td)?.chldcnt ?? 0;
  }

  /** Facts about the TD as the traces name them. */
  get facts(): Readonly<Record<'chldcnt' | 'lifecycle' | 'op_state' | 'td_epoch' | 'refcount', string>> {
    const td = this.module.td(this.#td);
    return {
      chldcnt: String(td?.chldcnt),
      lifecycle: String(td?.lifecycle),
      op_state: String(td?.op_state),
      td_epoch: String(td?.epochs.epoch),
      refcount: JSON.stringify(td?.epochs.refcount),
    };
  }
}

type Call = (module: TdxModule, td: number, args: Fields) => unknown;

const at = (args: Fields, key: string): number => number(args[key]);

/** The level of a call that has only one, which a vector may name all the same. */
const levelOf = (args: Fields): number => (args['level'] === undefined ? 0 : at(args, 'level'));

/** Where the driver of the recordings put the page that PAGE.ADD copies. */
const SOURCE = 0x10000;

/** The calls by the names of the vectors. A star marks what stands in for a call whose rest was not run. */
const CALLS: Readonly<Record<string, Call>> = {
  'MNG.CREATE': (module, _td, args) => module.tdh_mng_create(at(args, 'tdr'), at(args, 'hkid')),
  'MNG.KEY.CONFIG': (module, td) => module.tdh_mng_key_config(td),
  'MNG.ADDCX': (module, td, args) => module.tdh_mng_addcx(td, at(args, 'page')),
  'MNG.INIT': (module, td, args) =>
    module.tdh_mng_init(td, {
      gpaw: at(args, 'gpaw') === 0 ? 0 : 1,
      ept_levels: at(args, 'ept_levels') === 4 ? 4 : 5,
      sept_ve_disable: true,
    }),
  'VP.CREATE*': (module, td, args) => {
    const found = module.td(td);
    if (found !== undefined) found.vcpus = at(args, 'vcpus');
    return 'TDX_SUCCESS';
  },
  'VP.ENTER*': (module, td, args) => module.tdh_vp_enter(td, at(args, 'vcpu')),
  'VP.EXIT*': (module, td, args) => module.td_exit(td, at(args, 'vcpu')),
  'VP.FLUSH*': (module, td, args) => {
    const associated = module.td(td)?.associated;
    associated?.clear();
    for (let vcpu = 0; vcpu < at(args, 'count'); vcpu++) associated?.add(vcpu);
    return 'OK';
  },
  'MEM.SEPT.ADD': (module, td, args) =>
    module.tdh_mem_sept_add(td, at(args, 'gpa'), at(args, 'level'), at(args, 'page')),
  'MEM.SEPT.RD': (module, td, args) => module.tdh_mem_sept_rd(td, at(args, 'gpa'), at(args, 'level')),
  'MEM.SEPT.REMOVE': (module, td, args) => module.tdh_mem_sept_remove(td, at(args, 'gpa'), at(args, 'level')),
  'MEM.PAGE.ADD': (module, td, args) => {
    const source = args['source'] === undefined ? SOURCE : at(args, 'source');
    if (args['source_fill'] !== undefined) {
      module.host_write(source, new Uint8Array(PAGE).fill(at(args, 'source_fill')));
    }
    return module.tdh_mem_page_add(td, at(args, 'gpa'), at(args, 'page'), source, levelOf(args));
  },
  'MEM.PAGE.AUG': (module, td, args) =>
    module.tdh_mem_page_aug(td, at(args, 'gpa'), at(args, 'level'), at(args, 'page')),
  'MEM.PAGE.REMOVE': (module, td, args) => module.tdh_mem_page_remove(td, at(args, 'gpa'), at(args, 'level')),
  'MEM.PAGE.PROMOTE': (module, td, args) => module.tdh_mem_page_promote(td, at(args, 'gpa'), at(args, 'level')),
  'MEM.PAGE.DEMOTE': (module, td, args) =>
    module.tdh_mem_page_demote(td, at(args, 'gpa'), at(args, 'level'), at(args, 'page')),
  'MEM.PAGE.RELOCATE': (module, td, args) =>
    module.tdh_mem_page_relocate(td, at(args, 'gpa'), at(args, 'page'), levelOf(args)),
  'MEM.RANGE.BLOCK': (module, td, args) => module.tdh_mem_range_block(td, at(args, 'gpa'), at(args, 'level')),
  'MEM.RANGE.UNBLOCK': (module, td, args) => module.tdh_mem_range_unblock(td, at(args, 'gpa'), at(args, 'level')),
  'MEM.TRACK': (module, td) => module.tdh_mem_track(td),
  'MR.EXTEND': (module, td, args) => module.tdh_mr_extend(td, at(args, 'gpa')),
  'MR.FINALIZE': (module, td) => module.tdh_mr_finalize(td),
  'MNG.VPFLUSHDONE': (module, td) => module.tdh_mng_vpflushdone(td),
  'PHYMEM.CACHE.WB': (module) => module.tdh_phymem_cache_wb(),
  'MNG.KEY.FREEID': (module, td) => module.tdh_mng_key_freeid(td),
  'PHYMEM.PAGE.RECLAIM': (module, _td, args) => module.tdh_phymem_page_reclaim(at(args, 'page')),
  'PHYMEM.PAGE.WBINVD': (module, _td, args) => module.tdh_phymem_page_wbinvd(at(args, 'page')),
  'TDG.MEM.PAGE.ACCEPT': (module, td, args) =>
    module.tdg_mem_page_accept(
      td,
      at(args, 'gpa'),
      at(args, 'level'),
      args['interrupt_after'] === undefined ? {} : { interrupt_after: at(args, 'interrupt_after') },
    ),
  'guest.read': (module, td, args) => module.guest_read(td, at(args, 'gpa'), at(args, 'len')),
  'guest.write': (module, td, args) => module.guest_write(td, at(args, 'gpa'), bytes(String(args['hex']))),
};

function answerOf(result: unknown): Answer {
  if (typeof result === 'string') return { status: result, details: {} };
  if (result instanceof TdxStatus) return { status: result.text, details: result.details };
  if (result instanceof Uint8Array) return { status: 'OK', details: {}, data: hex(result) };
  if (result === 0) return { status: 'OK', details: {} };
  if (result instanceof VirtualizationException) return { status: 'PENDING_EPT_VIOLATION', details: {} };
  if (result instanceof TdExit && result.extended_qualification === 'ACCEPT') {
    const { reason, extended_qualification, requested_level, entry_level } = result;
    return { status: 'TD_EXIT', details: {}, exit: { reason, extended_qualification, requested_level, entry_level } };
  }
  if (result instanceof TdExit) {
    const pending = result.extended_qualification === 'PENDING_EPT_VIOLATION';
    return { status: pending ? 'PENDING_EPT_VIOLATION' : result.reason, details: {} };
  }
  return { status: (result as Interrupted).show().toUpperCase(), details: {} };
}

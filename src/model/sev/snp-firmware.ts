/**
 * The SNP firmware: guest contexts and the commands of a launch, on the pages of a machine with an RMP. Each command's checks
 * stand in the order of the firmware's source; a refused command changes nothing, but for a CPUID table, which is written back.
 *
 * Source: amd/AMD-ASPFW 1.55.25, fw/psp_bl_uapps/sev_uapp/src/sev_mcmd.c, source read; the order of the checks of SNP_ACTIVATE is
 * from notes of that reading. AMD's document 56860 was not read. Left out: reserved fields, platform state, migration agents,
 * signatures of ID blocks, attestation requests, rings of page commands, SNP_PAGE_SWAP_OUT and SNP_PAGE_SWAP_IN; in
 * SNP_PAGE_MOVE the place of the owner's check among the others, which was not read.
 */
import type { Digest } from '../digest.ts';
import type { DigestPicture } from '../picture.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';
import { hex } from './address.ts';
import type { CpuidLeaf } from './cpuid-page.ts';
import {
  decommission,
  gctxCreate,
  launchAccept,
  launchCheck,
  launchOwner,
  pageMdInit,
  pageMove,
  pageReclaim,
  pageSetHvFixed,
} from './firmware-pages.ts';
import { type DigestStep, digestPicture } from './launch-digest.ts';
import { checkPageBytes, type LaunchPage, pageInfos, typeName } from './launch-page.ts';
import {
  PAGE_TYPE_NAMES,
  SNP_PAGE_TYPE_CPUID,
  SNP_PAGE_TYPE_SECRETS,
  SNP_PAGE_TYPE_VMSA,
  SNP_PAGE_TYPE_ZERO,
} from './page-info.ts';
import { RMP_PG_SIZE_2M, RMP_PG_SIZE_4K, type RmpPageSize } from './rmp-entry.ts';
import { SNP_POLICY_MASK_RSVD_MBO, SNP_POLICY_MASK_SMT, SnpGuestContext, secretsPage } from './snp-context.ts';
import type { SnpMachine } from './snp-machine.ts';
import { FirmwareStatus, type FirmwareStatusName, SUCCESS } from './status.ts';

export interface SnpFirmwareOptions {
  /** What the processor may show in the leaves of a CPUID page; leaves that are not named are not compared. */
  readonly processor?: readonly CpuidLeaf[];
  /** The largest ASID of an SNP guest. */
  readonly max_asid?: number;
  /** True where the processor runs two threads on a core. */
  readonly smt?: boolean;
}

/** The fields of SNP_LAUNCH_UPDATE; the guest address and the bytes are those of the page. */
export type LaunchCommand = Omit<LaunchPage, 'gpa' | 'data' | 'contents'> & {
  /** Physical address of the page in bytes. */
  readonly address: number;
};

/** What an ID block may hold against the launch. */
export interface IdBlock {
  readonly ld?: Digest;
  readonly policy?: number;
}

const refuse = (name: FirmwareStatusName, why: string): FirmwareStatus => new FirmwareStatus(name, why);

const ONLY_4K: readonly number[] = [SNP_PAGE_TYPE_VMSA, SNP_PAGE_TYPE_SECRETS, SNP_PAGE_TYPE_CPUID];

export class SnpFirmware {
  readonly machine: SnpMachine;
  readonly processor: readonly CpuidLeaf[];
  readonly max_asid: number;
  readonly smt: boolean;
  /** Records and refusals of every launch, in order, for pictures. */
  readonly #steps = new Map<SnpGuestContext, DigestStep[]>();
  readonly #contexts = new Map<number, SnpGuestContext>();
  /** ASIDs that were freed since the last SNP_DF_FLUSH. */
  readonly #dirty = new Set<number>();

  constructor(machine: SnpMachine, { processor = [], max_asid = 509, smt = true }: SnpFirmwareOptions = {}) {
    this.machine = machine;
    this.processor = processor;
    this.max_asid = max_asid;
    this.smt = smt;
  }

  /** The context in the page at `gctx`, as the firmware finds it. */
  context(gctx: number): SnpGuestContext | undefined {
    return this.machine.page_state(gctx) === 'Context' ? this.#contexts.get(gctx) : undefined;
  }

  /** GCTX.LD of the context at `gctx`; undefined where there is none. */
  digest(gctx: number): Digest | undefined {
    return this.context(gctx)?.digest;
  }

  /** SNP_GCTX_CREATE: a Firmware page becomes a guest context. INVALID_PAGE_STATE, INVALID_PAGE_SIZE. */
  snp_gctx_create(gctx: number): FirmwareStatus {
    return this.#command('snp_gctx_create', gctx, [], () => {
      const status = gctxCreate(this.machine.rmp, gctx);
      if (status.code !== 0) return status;
      this.machine.frame(gctx / PAGE).clear();
      const context = new SnpGuestContext(gctx);
      this.#contexts.set(gctx, context);
      this.#steps.set(context, []);
      return SUCCESS;
    });
  }

  /** SNP_LAUNCH_START. INVALID_GUEST, INVALID_GUEST_STATE, POLICY_FAILURE. */
  snp_launch_start(gctx: number, { policy, imi_en = false }: { policy: number; imi_en?: boolean }): FirmwareStatus {
    return this.#command('snp_launch_start', gctx, [`policy ${hex(policy)}`], () => {
      const context = this.#known(gctx);
      if (context instanceof FirmwareStatus) return context;
      if (context.state !== 'INIT') return wrongGuest(context, 'INIT');
      if ((policy & SNP_POLICY_MASK_RSVD_MBO) === 0) {
        return refuse('POLICY_FAILURE', 'Bit 17 of the policy is reserved and must be 1.');
      }
      if (this.smt && (policy & SNP_POLICY_MASK_SMT) === 0) {
        return refuse('POLICY_FAILURE', 'The policy forbids a processor with two threads on a core (bit 16).');
      }
      context.policy = policy;
      context.imi = imi_en;
      context.state = 'LAUNCH';
      this.machine.note('guest: INIT → LAUNCH');
      return SUCCESS;
    });
  }

  /** SNP_ACTIVATE: the guest's key goes into the slot of an ASID, before any page of that ASID is assigned. */
  snp_activate(gctx: number, asid: number): FirmwareStatus {
    return this.#command('snp_activate', gctx, [`ASID ${asid}`], () => {
      const context = this.#known(gctx);
      if (context instanceof FirmwareStatus) return context;
      if (context.state === 'INIT') return wrongGuest(context, 'LAUNCH or RUNNING');
      if (asid < 1 || asid > this.max_asid)
        return refuse('INVALID_ASID', `SNP guests have ASIDs 1 to ${this.max_asid}.`);
      if ([...this.#contexts.values()].some((other) => other.asid === asid && other !== context)) {
        return refuse('ASID_OWNED', `Another guest has ASID ${asid}.`);
      }
      if (context.asid !== undefined)
        return refuse('ACTIVE', `The guest is active already, with ASID ${context.asid}.`);
      const { rmp } = this.machine;
      if (rmp.written.some((pfn) => rmp.stored(pfn).assigned === 1 && rmp.stored(pfn).asid === asid)) {
        return refuse('INVALID_CONFIG', `Pages are still assigned to ASID ${asid}.`);
      }
      if (this.#dirty.has(asid))
        return refuse('DFFLUSH_REQUIRED', `ASID ${asid} was used since the last SNP_DF_FLUSH.`);
      context.asid = asid;
      this.machine.note(`key in the slot of ASID ${asid}`);
      return SUCCESS;
    });
  }

  /** SNP_DF_FLUSH, after WBINVD on all processors: freed ASIDs may be used again. */
  snp_df_flush(): FirmwareStatus {
    return this.machine.step('firmware', 'snp_df_flush', [], () => {
      this.#dirty.clear();
      return SUCCESS;
    });
  }

  /**
   * SNP_LAUNCH_UPDATE: measures a Pre-Guest page, encrypts it where it lies and makes it Guest-Valid. A refused CPUID table is
   * written back in the clear with the values that would be accepted; the page stays Pre-Guest.
   */
  snp_launch_update(gctx: number, command: LaunchCommand): FirmwareStatus {
    const { address, page_type } = command;
    return this.#command('snp_launch_update', address, [typeName(page_type)], () => {
      const context = this.#known(gctx);
      if (context instanceof FirmwareStatus) return context;
      const status = this.#check(context, command);
      const page = this.#page(command);
      if (status.code !== 0) {
        this.#steps.get(context)?.push({ page, status, digest: context.digest });
        return status;
      }
      for (const info of pageInfos(page)) {
        context.chain.add(info);
        this.#steps.get(context)?.push({ page, info, status, digest: context.digest });
      }
      this.machine.note(`digest → ${show(context.digest)}`);
      this.#encrypt(context, page, address);
      launchAccept(this.machine.rmp, address, {
        asid: context.asid ?? 0,
        page_size: sizeOf(command),
        only_4k: ONLY_4K.includes(page_type),
        vmsa: page_type === SNP_PAGE_TYPE_VMSA,
        permissions: [command.vmpl1_perms ?? 0, command.vmpl2_perms ?? 0, command.vmpl3_perms ?? 0],
      });
      return SUCCESS;
    });
  }

  #check(context: SnpGuestContext, command: LaunchCommand): FirmwareStatus {
    const { address, page_type } = command;
    const only_4k = ONLY_4K.includes(page_type);
    const page = launchCheck(this.machine.rmp, address, { page_size: sizeOf(command), only_4k });
    if (page.code !== 0) return page;
    if (PAGE_TYPE_NAMES[page_type] === undefined) return refuse('INVALID_PARAM', `There is no page type ${page_type}.`);
    if (context.state !== 'LAUNCH') return wrongGuest(context, 'LAUNCH');
    if (context.asid === undefined)
      return refuse('INACTIVE', 'SNP_ACTIVATE has not put the key of this guest into a slot.');
    const owner = launchOwner(this.machine.rmp, address, context.asid);
    if (owner.code !== 0) return owner;
    if (context.imi && !command.imi_page) {
      return refuse('INVALID_PARAM', 'The context was made for a migration image and takes only pages of it.');
    }
    const { status, corrected } = checkPageBytes(this.#page(command), this.processor);
    if (corrected !== undefined) {
      this.machine.frame(address / PAGE).write(0, corrected);
      this.machine.note('the allowed table stands in the page, in the clear');
    }
    return status;
  }

  /** The page as it is measured: its guest address from the RMP, its bytes from memory. */
  #page({ address, ...fields }: LaunchCommand): LaunchPage {
    const first = Math.floor(address / PAGE);
    const count = fields.page_size === '2M' ? 512 : 1;
    const data = new Uint8Array(count * PAGE);
    for (let page = 0; page < count; page++) {
      const frame = this.machine.memory.frame(first + page);
      if (frame !== undefined) data.set(frame.read(0, PAGE), page * PAGE);
    }
    return { ...fields, gpa: this.machine.rmp.gpa(first), data };
  }

  /** What the guest finds in the page, under its key. */
  #encrypt(context: SnpGuestContext, { page_type, data = new Uint8Array(PAGE) }: LaunchPage, address: number): void {
    const guest = this.machine.guests.find(({ asid, mode }) => asid === context.asid && mode === 'snp');
    for (let at = 0; at < data.length; at += PAGE) {
      const plain =
        page_type === SNP_PAGE_TYPE_ZERO
          ? new Uint8Array(PAGE)
          : page_type === SNP_PAGE_TYPE_SECRETS
            ? secretsPage(context)
            : data.slice(at, at + PAGE);
      guest?.seal(address + at, plain);
    }
  }

  /** SNP_LAUNCH_FINISH: LAUNCH becomes RUNNING. INACTIVE, BAD_MEASUREMENT, POLICY_FAILURE. */
  snp_launch_finish(gctx: number, id: IdBlock = {}): FirmwareStatus {
    return this.#command('snp_launch_finish', gctx, [], () => {
      const context = this.#known(gctx);
      if (context instanceof FirmwareStatus) return context;
      if (context.state !== 'LAUNCH' || context.imi)
        return wrongGuest(context, 'LAUNCH, and not for a migration image');
      if (context.asid === undefined) return refuse('INACTIVE', 'The guest has no ASID.');
      if (id.ld !== undefined && !id.ld.equals(context.digest)) {
        return refuse('BAD_MEASUREMENT', 'The digest in the ID block is not that of this launch.');
      }
      if (id.policy !== undefined && id.policy !== context.policy) {
        return refuse('POLICY_FAILURE', 'The policy in the ID block is not that of this launch.');
      }
      context.state = 'RUNNING';
      this.machine.note('guest: LAUNCH → RUNNING');
      return SUCCESS;
    });
  }

  /** SNP_DECOMMISSION: the key is gone, the ASID free after a flush, the page Firmware. Pages of the guest stay assigned. */
  snp_decommission(gctx: number): FirmwareStatus {
    return this.#command('snp_decommission', gctx, [], () => {
      const status = decommission(this.machine.rmp, gctx);
      if (status.code !== 0) return status;
      const asid = this.#contexts.get(gctx)?.asid;
      if (asid !== undefined) this.#dirty.add(asid);
      this.#contexts.delete(gctx);
      return SUCCESS;
    });
  }

  /** SNP_PAGE_RECLAIM: takes the immutable bit from a page and gives it back to the host. */
  snp_page_reclaim(spa: number, size: RmpPageSize = RMP_PG_SIZE_4K): FirmwareStatus {
    return this.#command('snp_page_reclaim', spa, [], () => pageReclaim(this.machine.rmp, spa, size));
  }

  /** SNP_PAGE_SET_STATE: a Firmware page becomes HV-Fixed. */
  snp_page_set_state(spa: number): FirmwareStatus {
    return this.#command('snp_page_set_state', spa, ['HV-Fixed'], () => pageSetHvFixed(this.machine.rmp, spa));
  }

  /** SNP_PAGE_MD_INIT: a Firmware page becomes Metadata of a guest. */
  snp_page_md_init(spa: number, gctx: number): FirmwareStatus {
    return this.#command('snp_page_md_init', spa, [hex(gctx)], () => {
      const context = this.#known(gctx);
      if (context instanceof FirmwareStatus) return context;
      const status = pageMdInit(this.machine.rmp, spa, gctx);
      if (status.code === 0) this.machine.frame(spa / PAGE).clear();
      return status;
    });
  }

  /**
   * SNP_PAGE_MOVE: the firmware decrypts a page that the host made immutable and encrypts it at another place, under the same
   * guest address. The guest goes on with it as it was: validated if it had been.
   */
  snp_page_move(gctx: number, from: number, to: number): FirmwareStatus {
    return this.#command('snp_page_move', to, [`from ${hex(from)}`], () => {
      const context = this.#known(gctx);
      if (context instanceof FirmwareStatus) return context;
      for (const spa of [from, to]) {
        const owner = launchOwner(this.machine.rmp, spa, context.asid ?? 0);
        if (owner.code !== 0) return owner;
      }
      const status = pageMove(this.machine.rmp, from, to);
      const guest = this.machine.guests.find(({ asid, mode }) => asid === context.asid && mode === 'snp');
      if (status.code === 0) guest?.seal(to, guest.unseal(from, PAGE));
      this.machine.touchAddress(from);
      return status;
    });
  }

  /** The launch of a context as a chain of digests. */
  picture(gctx: number, title = 'Launch digest, page by page'): DigestPicture {
    const context = this.context(gctx);
    return digestPicture(title, show(new SnpGuestContext(gctx).digest), (context && this.#steps.get(context)) ?? []);
  }

  #known(gctx: number): SnpGuestContext | FirmwareStatus {
    return (
      this.context(gctx) ??
      refuse('INVALID_GUEST', `The page is ${this.machine.page_state(gctx)}, not a guest context.`)
    );
  }

  #command(op: string, spa: number, args: readonly string[], body: () => FirmwareStatus): FirmwareStatus {
    return this.machine.entryStep('firmware', op, spa, [hex(spa), ...args], body);
  }
}

const sizeOf = ({ page_size }: LaunchCommand): RmpPageSize => (page_size === '2M' ? RMP_PG_SIZE_2M : RMP_PG_SIZE_4K);

const wrongGuest = ({ state }: SnpGuestContext, wanted: string): FirmwareStatus =>
  refuse('INVALID_GUEST_STATE', `The guest is in ${state}; the command takes ${wanted}.`);

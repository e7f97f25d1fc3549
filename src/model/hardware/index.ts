/**
 * One guest with two pages on each kind of machine, and what a hostile host can do to them. Scenarios of the comparison by
 * hardware are written once against it; content/records/hardware.json names the machines.
 *
 * Here the host may do whatever the hardware lets it do; what KVM or user space would refuse before is the other table of the
 * comparison. A guest without encryption, an SEV and an SNP guest stand on the same model (src/model/sev/snp-machine.ts); TDX on
 * the memory controller and on the module.
 */
import type { Errno } from '../errno.ts';
import type { Showable } from '../show.ts';
import { amdMachine } from './amd.ts';
import { tdxMachine } from './tdx.ts';

/** Anything that a call answers. */
export type Answer = number | string | Errno | Showable;

export interface HardwareStage {
  /** The guest stores a word at the start of one of its two private pages. */
  guest_write(page: 0 | 1, word: string): Answer;
  /** What the guest finds there. */
  guest_read(page: 0 | 1): Answer;
  /** The host reads the first page through its own mapping. */
  host_read(): Answer;
  /** The host reads it with another key of its own, one with integrity, where the processor has such keys. */
  host_read_checked(): Answer;
  /** The host stores a word into the first page. */
  host_write(word: string): Answer;
  /** The host keeps a page as it reads it; the function puts those bytes over a page. */
  host_save(page: 0 | 1): (page: 0 | 1) => Answer;
  /** The host points the guest address of the first page at the second. */
  host_remap(): Answer;
  /** The host takes the first page from the guest without asking. */
  host_take(): Answer;
  /** Another guest of the same host is given the first page at the same guest address, and reads it. */
  other_guest(): { readonly given: Answer; readonly reads: Answer };
  /** The guest shares the first page, and later takes it back as private. */
  guest_share(): Answer;
  guest_unshare(): Answer;
}

const MACHINES: Readonly<Record<string, () => HardwareStage>> = {
  none: () => amdMachine('plain'),
  sev: () => amdMachine('sev'),
  snp: () => amdMachine('snp'),
  tdx: tdxMachine,
};

/** The machines that have a stage, by id. */
export const machines: readonly string[] = Object.keys(MACHINES);

/** A fresh machine with its guest. Throws for an id that has none. */
export function hardware(id: string): HardwareStage {
  const make = MACHINES[id];
  if (make === undefined) throw new RangeError(`There is no stage for the hardware ${id}`);
  return make();
}

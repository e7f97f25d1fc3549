/**
 * Launching an SNP guest in place: version 6 of in-place conversion, patch 21/43 of 2026-05-07
 * (20260507-gmem-inplace-conversion-v6-21-91ab5a8b19a4@google.com), with the order that was agreed on 2026-04-08
 * (adaw_aEJYTLgJcEw@google.com): write into the file while it is shared, convert to private with PRESERVE, launch without a
 * source. Not in 7.3.4; no merge seen as of 2026-11-20.
 *
 * The file, its attributes and its ioctl are those of in-place.ts. PRESERVE is refused once the guest is launched
 * (EOPNOTSUPP), and for the way back to shared. Left out: the other content flags, what becomes of the bytes without PRESERVE.
 */
import { Errno, type Result } from '../errno.ts';
import type { GuestMemfd } from '../kvm/guest-memfd.ts';
import { guestMemfdOf } from '../kvm/guest-memfd.ts';
import type { MemoryAttributes } from '../kvm/kvm-vm.ts';
import type { KvmKernel } from '../kvm/rules.ts';
import { NotRead } from '../linux/notread.ts';
import type { Process } from '../linux/process.ts';
import { unsigned } from '../linux/words.ts';
import { SNP_RULES, type SnpKernel, type SnpRules } from '../sev/kvm-rules.ts';
import { SnpVm } from '../sev/kvm-snp.ts';
import { show } from '../show.ts';
import {
  ConvertibleFile,
  kvm_set_memory_attributes2 as convert,
  type FileAttributes,
  inPlaceV8,
  privateByFile,
} from './in-place.ts';

const REWORKED = SNP_RULES['01f492e1817e'] as SnpRules;

export const snpInPlace: KvmKernel & SnpKernel = {
  ...inPlaceV8,
  name: 'SNP launch in place, v6 of 2026-05-07',
  version: 'snp-in-place',
  source: '20260507-gmem-inplace-conversion-v6-21-91ab5a8b19a4@google.com',
  snp: { ...REWORKED, no_source: 'bytes of the page' },
};

/** The conversion keeps the bytes: the model's own number, none was read. */
export const KVM_SET_MEMORY_ATTRIBUTES2_PRESERVE = 2;

export class SnpInPlaceVm extends SnpVm {
  protected override makeFile(size: bigint, flags: number, uid: number): GuestMemfd {
    return new ConvertibleFile(this, size, flags, uid);
  }

  /** PRIVATE moves to the file; what the VM-wide ioctl then answers was not read. */
  override kvm_set_memory_attributes(wanted: MemoryAttributes, by: Process = this.process): 0 | Errno {
    if (unsigned(wanted.attributes) === 0n) return super.kvm_set_memory_attributes(wanted, by);
    throw new NotRead('In-place conversion: what KVM_SET_MEMORY_ATTRIBUTES answers for PRIVATE was not read.');
  }

  override gfnIsPrivate(gfn: number): boolean {
    return privateByFile(this, gfn);
  }
}

/** The request with its content flag. */
export interface ContentAttributes extends FileAttributes {
  flags?: number;
}

/** ioctl KVM_SET_MEMORY_ATTRIBUTES2 on a guest_memfd of an SNP guest. Errors: as in in-place.ts, EOPNOTSUPP for PRESERVE. */
export function kvm_set_memory_attributes2(process: Process, fd: Result, request: ContentAttributes): 0 | Errno {
  const keep = request.flags === KVM_SET_MEMORY_ATTRIBUTES2_PRESERVE;
  const args = [show(fd), `${show(request.size)} bytes at ${show(request.offset)}`, show(request.attributes)];
  return process.host.step(process.name, 'kvm_set_memory_attributes2', keep ? [...args, 'PRESERVE'] : args, () => {
    const file = guestMemfdOf(process, fd);
    const launched = !(file instanceof Errno) && file.vm instanceof SnpVm && file.vm.context?.state === 'RUNNING';
    if (keep && (launched || request.attributes === 0)) {
      const why =
        'The bytes of an SNP page are kept on the way to private only, and only before the guest is launched.';
      return new Errno('EOPNOTSUPP', why);
    }
    return convert(process, fd, request);
  });
}

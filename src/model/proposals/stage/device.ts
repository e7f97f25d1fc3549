/**
 * A device that is connected to guest memory by the file, as Jason Gunthorpe asked in November 2021: the IOMMU's entries come from
 * the file's pages, and the driver hears by itself when a page goes. Nothing of it was posted as code; the interface of each
 * generation decides whether a second user can register.
 */
import { Errno, type Oops } from '../../errno.ts';
import type { FileUser, Inode } from '../../linux/inode.ts';
import { IommuDomain, type IommuFault } from '../../linux/iommu.ts';
import type { Process } from '../../linux/process.ts';
import { PAGE } from '../../units.ts';
import { vfio_open } from '../f-seal-guest.ts';
import { memfile_register_notifier } from '../inaccessible.ts';
import { NoAnswer, notStated } from './answers.ts';

export interface FileDevice {
  /** Enters the first page of the file into the IOMMU. */
  map(): 0 | Errno | Oops | NoAnswer;
  /** The device reads the first byte. */
  read(): number | IommuFault | Errno | NoAnswer;
}

/** All flags that KVM asks for: users of one file have to agree. */
const FLAGS = 7;
const noInterface = new NoAnswer('no such operation', 'The file has no interface for another user in the kernel.');

/** Versions whose files have a list of users. */
const BY_LIST: ReadonlySet<string> = new Set([
  'inaccessible-v5',
  'inaccessible-v6',
  'inaccessible-v8',
  'restricted-v10',
]);
/** There users register without saying what they need. */
const WITHOUT_FLAGS: ReadonlySet<string> = new Set(['inaccessible-v8', 'restricted-v10']);
const BY_OWNER: ReadonlySet<string> = new Set(['f-seal-guest', 'mfd-guest']);

export function deviceByFile(id: string, vmm: Process, fd: number | Errno): FileDevice {
  if (id === 'two-views') return { map: () => notStated, read: () => notStated };
  if (BY_OWNER.has(id)) {
    const nic = vfio_open(vmm, 'nic');
    return { map: () => nic.map_file(0, fd, 0, PAGE), read: () => nic.dma_read(0) };
  }
  if (id === 'inaccessible-v3') {
    const paired = new Errno('EPERM', 'The file is paired with the VM: a second owner is refused.');
    return { map: () => paired, read: () => paired };
  }
  if (!BY_LIST.has(id)) return { map: () => noInterface, read: () => noInterface };
  const domain = new IommuDomain();
  return {
    map: () => register(id, vmm, fd, domain),
    read: () => vmm.host.step('nic', 'dma_read', ['0x0'], () => domain.read(0)),
  };
}

function register(id: string, vmm: Process, fd: number | Errno, domain: IommuDomain): 0 | Errno {
  return vmm.host.step('nic', 'map_file', [String(fd)], () => {
    const file = vmm.file(fd);
    if (file instanceof Errno) return file;
    const user: FileUser = { name: 'nic', invalidate: (first, end) => void domain.unmap(first, end) };
    if (WITHOUT_FLAGS.has(id)) file.inode.users.add(user);
    else {
      const answer = memfile_register_notifier(file, FLAGS, user);
      if (answer !== 0) return answer;
    }
    return enter(file.inode, domain);
  });
}

function enter(inode: Inode, domain: IommuDomain): 0 | Errno {
  const page = inode.obtain(0);
  if (page === undefined) return new Errno('ENOMEM', 'The machine has no free memory.');
  domain.map(0, page.frame);
  return 0;
}

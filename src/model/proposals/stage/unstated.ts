/**
 * The stage of the design of 2021-08-24 (20210824005248.200037-1-seanjc@google.com), a text with a sketch of KVM's half. What it
 * says is computed: a file that can never be mapped, paired with one guest, bound to private slots. For every other call on
 * the file the text names neither result nor errno, and the cell says so.
 */
import { Errno } from '../../errno.ts';
import { F_ADD_SEALS, MFD_ALLOW_SEALING } from '../../linux/constants.ts';
import { Host } from '../../linux/host.ts';
import { Process } from '../../linux/process.ts';
import { PAGE } from '../../units.ts';
import { F_SEAL_GUEST, fdWithoutAddress, kvm_create_vm } from '../fd-without-address.ts';
import type { StageVm } from '../stage.ts';
import { NoAnswer, notStated } from './answers.ts';

const refused = new NoAnswer('refused', 'The text rules it out and names no errno.');

/** Where a system call takes a descriptor: the places of its arguments. */
const DESCRIPTORS: Readonly<Record<string, readonly number[]>> = {
  ftruncate: [0],
  fallocate: [0],
  fcntl: [0],
  read: [0],
  write: [0],
  pread: [0],
  pwrite: [0],
  sendfile: [0, 1],
  copy_file_range: [0, 2],
  scm_rights: [0],
  close: [0],
  mmap: [4],
};

/** Calls after which nothing can be said of the memory. */
const CHANGES: ReadonlySet<string> = new Set(['fallocate', 'ftruncate', 'write', 'pwrite', 'close', 'fcntl']);

/** A process whose calls on guest memory answer what the text says of them; `changed` is told of those that would change it. */
function textOf(process: Process, changed: () => void): Process {
  return new Proxy(process, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'file') {
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return (...args: unknown[]) => {
        const none = args.find((arg) => arg instanceof NoAnswer);
        if (none !== undefined) return none;
        const places = DESCRIPTORS[String(key)] ?? [];
        const memory = places.some((place) => isMemory(target, args[place]));
        if (memory && CHANGES.has(String(key))) changed();
        if (memory) return key === 'mmap' ? refused : notStated;
        if (key === 'open') return notStated;
        const answer: unknown = value.apply(target, args);
        return answer instanceof Process ? textOf(answer, changed) : answer;
      };
    },
  });
}

function isMemory(process: Process, fd: unknown): boolean {
  const file = typeof fd === 'number' ? process.files.get(fd)?.file : undefined;
  return ((file?.inode.seals ?? 0) & F_SEAL_GUEST) !== 0;
}

/** A host whose processes do the same; what the kernel itself may reach the text leaves open. */
function hostOf(host: Host, changed: () => void): Host {
  return new Proxy(host, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key === 'kernel_read' || key === 'kernel_write') return () => notStated;
      return (...args: unknown[]) => {
        const answer: unknown = value.apply(target, args);
        return answer instanceof Process ? textOf(answer, changed) : answer;
      };
    },
  });
}

export function unstatedStage() {
  const host = new Host(fdWithoutAddress);
  const qemu = host.process('qemu');
  let ended = false;
  let unknown = false;
  const changed = () => {
    unknown = true;
  };
  /** What has a slot: pages of files, and guest addresses. Nothing is said of a second slot over the same. */
  const taken: [of: unknown, first: number, end: number][] = [];
  const isTaken = (of: unknown, first: number, end: number) =>
    taken.some(([other, from, to]) => other === of && from < end && first < to);
  return {
    host: hostOf(host, changed),
    vmm: textOf(qemu, changed),
    memory: (pages = 1, name = 'guest-ram') => {
      const fd = qemu.memfd_create(name, MFD_ALLOW_SEALING);
      qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST);
      qemu.fallocate(fd, 0, 0, pages * PAGE);
      return fd;
    },
    vm: (process: Process = qemu, name = 'vm'): StageVm => {
      const owner = host.processes.find((known) => known.name === process.name) ?? qemu;
      const vm = kvm_create_vm(owner, name);
      return {
        bind: (fd, { slot = 0, gpa = 0, offset = 0, pages = 1 } = {}) => {
          const size = pages * PAGE;
          const clash =
            isTaken(vm, gpa, gpa + size) || (isTaken(fd, offset, offset + size) && taken.some(([of]) => of === vm));
          if (ended || typeof fd !== 'number' || clash || offset % PAGE !== 0) return notStated;
          const region = { slot, guest_phys_addr: gpa, memory_size: size, fd, offset };
          if (vm.kvm_set_private_memory_region(region) instanceof Errno) return refused;
          taken.push([fd, offset, offset + size], [vm, gpa, gpa + size]);
          return 0;
        },
        logged: () => notStated,
        dirty: () => notStated,
        prefault: () => notStated,
        load: (gpa) => (unknown ? notStated : vm.guest_load(gpa)),
        store: (gpa, byte) => vm.guest_store(gpa, byte),
        convert: () => notStated,
        close: () => {
          ended = true;
          vm.close();
        },
      };
    },
  };
}

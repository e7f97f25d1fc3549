/**
 * One encryption context and two VMs: sharing it (a mirror) and moving it.
 *
 * Source: sev_vm_copy_enc_context_from, sev_vm_move_enc_context_from, sev_migrate_from and sev_vm_destroy in
 * arch/x86/kvm/svm/sev.c, Linux 6.16.1; for earlier states the commits named in kernels.ts. Calls run one after the other here, so
 * that EBUSY for two copies at once and EINTR do not occur. Left out: the misc cgroup that follows a move.
 */
import { Errno, type Result } from '../errno.ts';
import { SevVm } from './sev-vm.ts';

/** is_mirroring_enc_context: whether the kernel takes a VM for a mirror. */
export function isMirror(vm: SevVm): boolean {
  return vm.rules.mirror_test === 'the address of the field' || vm.sev.owner !== undefined;
}

/** The other VM of a copy or a move: EBADF for a descriptor that is no VM's. */
function other(vm: SevVm, fd: Result): SevVm | Errno {
  const file = vm.process.file(fd);
  if (file instanceof Errno) return file;
  if (file.object instanceof SevVm) return file.object;
  if (vm.rules.wrong_fd_leaks) {
    file.refs++;
    vm.host.note('the reference that was taken to look at the file is not dropped');
  }
  return new Errno('EBADF', 'The descriptor is not that of a VM.');
}

/** Shares a context. The VM that is called is the source or the target, as the kernel says. */
export function copyContext(called: SevVm, fd: Result): 0 | Errno {
  const { copy, mirror_error: error } = called.rules;
  const refuse = (why: string) => new Errno(error, why);
  if (copy.called_on === 'source') {
    // The source is looked at before the descriptor.
    if (!called.sev.active) return refuse('The source is not an SEV guest.');
    if (isMirror(called)) return refuse('The kernel takes the source for a mirror.');
  }
  const named = other(called, fd);
  if (named instanceof Errno) return named;
  const [source, target] = copy.called_on === 'source' ? [called, named] : [named, called];
  if (source === target) return refuse('Source and target are the same VM.');
  if (!source.sev.active) return refuse('The source is not an SEV guest.');
  if (isMirror(source)) return refuse('The source is a mirror itself.');
  const refused = copy.called_on === 'source' ? targetAsPosted(target) : targetAsMerged(target);
  if (refused !== undefined) return refuse(refused);
  share(source, target);
  return 0;
}

/** The posting looks at one thing only: whether the target is a mirror already. */
const targetAsPosted = (target: SevVm): string | undefined =>
  isMirror(target) ? 'The target is a mirror already.' : undefined;

function targetAsMerged(target: SevVm): string | undefined {
  if (target.sev.active) return 'The target is an SEV guest already.';
  if (target.vcpus.length > 0 && target.rules.target_with_vcpus === 'EINVAL') return 'The target has vCPUs already.';
  return undefined;
}

function share(source: SevVm, target: SevVm): void {
  source.users++;
  source.sev.mirrors.add(target);
  Object.assign(target.sev, { active: true, asid: source.sev.asid, owner: source, used: source.sev.used });
  if (source.rules.mirror_gets === 'ASID, handle and SEV-ES flag') {
    target.sev.context = source.sev.context;
    target.sev.es = source.sev.es;
  }
  target.host.note(`${target.name} has ASID ${source.sev.asid} and a reference to ${source.name}`);
}

/** Moves a context to the VM that is called. Errors: EBADF, EINVAL, EBUSY. */
export function moveContext(target: SevVm, fd: Result): 0 | Errno {
  const source = other(target, fd);
  if (source instanceof Errno) return source;
  if (source === target) return new Errno('EINVAL', 'Source and target are the same VM.');
  if (source.type !== target.type) return new Errno('EINVAL', 'The VMs have different types.');
  if (target.sev.active) return new Errno('EINVAL', 'The target is an SEV guest already.');
  if (!source.sev.active) return new Errno('EINVAL', 'The source is not an SEV guest.');
  if (source.sev.mirrors.size > 0 && target.rules.move === 'EBUSY') {
    return new Errno('EBUSY', 'The source has mirrors, and this kernel moves no such VM.');
  }
  if (source.sev.es) {
    if (source.vcpus.length !== target.vcpus.length)
      return new Errno('EINVAL', 'The VMs have different numbers of vCPUs.');
    if (source.vcpus.some((vcpu) => !vcpu.guest_state_protected)) {
      return new Errno('EINVAL', 'The registers of a vCPU of the source are not sealed yet.');
    }
  }
  move(source, target);
  return 0;
}

function move(source: SevVm, target: SevVm): void {
  const { owner, mirrors, ...rest } = source.sev;
  Object.assign(target.sev, rest);
  Object.assign(source.sev, { active: false, es: false, asid: 0, context: undefined, regions: [], pages_locked: 0 });
  if (target.rules.move === 'mirrors follow') {
    for (const mirror of mirrors) {
      target.users++;
      mirror.sev.owner = target;
      target.sev.mirrors.add(mirror);
      source.kvm_put_kvm();
    }
    mirrors.clear();
  }
  if (owner !== undefined && target.rules.moved_mirror === 'a mirror') {
    target.sev.owner = owner;
    source.sev.owner = undefined;
    owner.sev.mirrors.delete(source);
    owner.sev.mirrors.add(target);
  }
  target.vcpus.forEach((vcpu, at) => {
    const from = source.vcpus[at];
    if (!target.sev.es || from === undefined) return;
    Object.assign(vcpu, { rip: from.rip, guest_state_protected: true });
    from.guest_state_protected = false;
  });
  source.vm_dead = true;
  target.host.note(`ASID ${target.sev.asid} moves from ${source.name} to ${target.name}; ${source.name} is dead`);
}

/**
 * A hole punch, one step at a time, so that another thread can act between the steps. It follows guest_invalidate_page()
 * (RFC v2 patch 01) and memfd_invalidate_page_range() (patch 13), or, in the variant with a reference, what Paolo Bonzini
 * proposes in 5f6f43a1-bb4c-f498-2aba-4c93ab57fc98@gnu.org.
 *
 * The order of the two threads is the reader's: this is one schedule at a time, under sequential consistency, not a search
 * over all of them.
 */
import { Errno } from '../../errno.ts';
import { vm_list } from '../../kvm/vm.ts';
import type { Host } from '../../linux/host.ts';
import type { Inode } from '../../linux/inode.ts';
import type { Process } from '../../linux/process.ts';
import type { Showable } from '../../show.ts';
import { PAGE } from '../../units.ts';
import { aliveAt } from './kvm.ts';
import { variantOf } from './seal.ts';
import { type Registration, stateOf } from './state.ts';

/** The callback used memory that was already given back. What a real kernel does next is undefined; the model stops. */
export class UseAfterFree implements Showable {
  readonly object: string;
  readonly why: string;

  constructor(object: string) {
    this.object = object;
    this.why = `The callback follows a pointer to ${object}, which was freed in between.`;
    Object.freeze(this);
  }

  show(): string {
    return `use-after-free: ${this.object}`;
  }
}

/** What one step came to: a sentence, the end (0), an error, or the accident. */
export type StepResult = string | 0 | Errno | UseAfterFree;

/** fallocate(PUNCH_HOLE) of one page, stepped by `step()`. After the end every further step answers the same. */
export class SteppedPunch {
  readonly #host: Host;
  readonly #process: Process;
  readonly #work: Generator<string, 0 | Errno | UseAfterFree>;
  #last: StepResult = 0;
  #ended = false;

  constructor(process: Process, fd: number | Errno, offset: number) {
    this.#host = process.host;
    this.#process = process;
    this.#work = punch(process, fd, offset / PAGE);
  }

  step(): StepResult {
    if (this.#ended) return this.#last;
    return this.#host.step(this.#process.name, 'fallocate (one step)', [], () => {
      const next = this.#work.next();
      this.#ended = next.done === true;
      this.#last = next.value;
      return next.value;
    });
  }
}

function* punch(process: Process, fd: number | Errno, page: number): Generator<string, 0 | Errno | UseAfterFree> {
  const file = process.file(fd);
  if (file instanceof Errno) return file;
  const { inode } = file;
  const [user] = stateOf(inode).users;
  if (user !== undefined) {
    const accident = yield* callOwner(process.host, inode, user, page);
    if (accident !== undefined) return accident;
  }
  inode.drop(page);
  process.host.touch(inode);
  return 0;
}

function* callOwner(
  host: Host,
  inode: Inode,
  user: Registration,
  page: number,
): Generator<string, UseAfterFree | undefined> {
  yield `guest_ops read: the owner is ${user.name}`;
  if (variantOf(host.kernel).callback === 'takes a reference') {
    const owner = stateOf(inode).users.includes(user) ? aliveAt(host, user.owner) : undefined;
    if (owner === undefined || !owner.kvm_get_kvm_safe()) {
      yield 'no owner to take a reference to: the callback is skipped';
      return undefined;
    }
    yield `reference to ${owner.name} taken`;
    owner.invalidateRange(inode, page, page);
    owner.kvm_put_kvm();
    yield `reference to ${owner.name} dropped`;
    return undefined;
  }
  const vm = aliveAt(host, user.owner);
  if (vm === undefined) {
    yield 'vm_is_dead: the owner is not on vm_list';
    return undefined;
  }
  yield vm.name === user.name
    ? `vm_is_dead: ${vm.name} is on vm_list`
    : `vm_is_dead: an entry has this address, but it is ${vm.name}`;
  if (!vm_list(host).includes(vm)) return new UseAfterFree(`struct kvm of ${vm.name}`);
  vm.invalidateRange(inode, page, page);
  return undefined;
}

/** Starts a hole punch of the page at `offset` (bytes) that runs step by step. */
export const punch_in_steps = (process: Process, fd: number | Errno, offset: number): SteppedPunch =>
  new SteppedPunch(process, fd, offset);

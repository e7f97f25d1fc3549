/**
 * What the posting adds to an inode (shmem_inode_info.guest_owner and guest_ops), and the log of calls between file and
 * owners.
 */
import type { Host } from '../../linux/host.ts';
import type { Inode } from '../../linux/inode.ts';
import type { Process } from '../../linux/process.ts';
import type { SequencePicture } from '../../picture.ts';
import type { GuestOps } from './owner.ts';

/** One registered user of a file. */
export interface Registration {
  readonly host: Host;
  /** `void *owner`: an address, and nothing else. */
  readonly owner: number;
  readonly name: string;
  readonly ops: GuestOps;
  readonly exclusive: boolean;
}

export interface GuestState {
  /** In order of registration; at most one as posted. */
  readonly users: Registration[];
  /** Users that the guest of the first one admits, by address. */
  readonly admitted: Set<number>;
  /** Pages whose lock is held by a user, by page number. */
  readonly locked: Set<number>;
  /** Who was charged for a page, where anybody is. */
  readonly charged: Map<number, Process>;
  /** Pages that the running fallocate will charge if it succeeds. */
  pending: { readonly process: Process; readonly pages: readonly number[] } | undefined;
}

const KEY = 'f-seal-guest';

/** The state of a file, made on first use. */
export function stateOf(inode: Inode): GuestState {
  let state = inode.state.get(KEY) as GuestState | undefined;
  if (state === undefined) {
    state = { users: [], admitted: new Set(), locked: new Set(), charged: new Map(), pending: undefined };
    inode.state.set(KEY, state);
  }
  return state;
}

interface Call {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

interface Log {
  readonly calls: Call[];
  /** How many of them `callbacks` has told already. */
  told: number;
}

const logs = new WeakMap<Host, Log>();

function logOf(host: Host): Log {
  let log = logs.get(host);
  if (log === undefined) {
    log = { calls: [], told: 0 };
    logs.set(host, log);
  }
  return log;
}

/** Notes one call between a file and a user of it. */
export function called(host: Host, from: string, to: string, text: string): void {
  logOf(host).calls.push({ from, to, text });
  host.note(`${from} calls ${to}: ${text}`);
}

/** The calls between files and their in-kernel users since the last time this was asked, oldest first. */
export function callbacks(host: Host): string[] {
  const log = logOf(host);
  const found = log.calls.slice(log.told).map((call) => `${call.from} calls ${call.to}: ${call.text}`);
  log.told = log.calls.length;
  return found;
}

/** All calls so far as a picture. */
export function callPicture(host: Host, title: string): SequencePicture {
  const messages = logOf(host).calls.map((call) => ({ from: call.from, to: call.to, text: call.text }));
  const actors = [...new Set(messages.flatMap((message) => [message.from, message.to]))];
  return { kind: 'sequence', title, actors, messages };
}

/**
 * Runs a job in the sandbox: a frame without rights, a fresh worker for every run, one answer that is checked before any
 * of it is believed. What passes between them is described in src/snippet/protocol.ts.
 */
import { readAnswer } from '../snippet/answer.ts';
import { ended, WALL_CLOCK } from '../snippet/limits.ts';
import type { Answer, Connect, FromFrame, Job, ToFrame } from '../snippet/protocol.ts';

/** Addresses of what the sandbox is made of. */
export interface Parts {
  readonly sandbox: string;
  readonly library: string;
  readonly compiler: string;
}

/** A run that was begun. */
export interface Run {
  readonly answer: Promise<Answer>;
  /** Ends it now. The answer then says so. */
  stop(): void;
}

interface Frame {
  readonly element: HTMLIFrameElement;
  readonly port: Promise<MessagePort>;
  readonly sent: Set<string>;
}

const texts = new Map<string, Promise<string>>();
let frame: Frame | undefined;
let runs = 0;

/** Milliseconds that a frame may take to load and to answer. */
const FRAME_LIMIT = 10_000;

/** Fetches a text once; a failure is not kept. */
export function fetchText(address: string): Promise<string> {
  const known = texts.get(address);
  if (known) return known;
  const text = fetch(address).then((response) => {
    if (!response.ok) throw new Error(`${address} answers ${response.status}`);
    return response.text();
  });
  texts.set(address, text);
  text.catch(() => texts.delete(address));
  return text;
}

function open(address: string): Frame {
  const element = document.createElement('iframe');
  element.sandbox.add('allow-scripts');
  element.hidden = true;
  element.title = 'Sandbox';
  element.src = address;
  const port = new Promise<MessagePort>((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    const late = setTimeout(() => reject(new Error('the sandbox does not answer')), FRAME_LIMIT);
    port1.onmessage = ({ data }: MessageEvent<FromFrame>) => {
      if (data?.kind !== 'ready') return;
      clearTimeout(late);
      resolve(port1);
    };
    element.addEventListener(
      'load',
      () => {
        const hello: Connect = { unmapped: 'connect' };
        element.contentWindow?.postMessage(hello, '*', [port2]);
      },
      { once: true },
    );
  });
  document.body.append(element);
  return { element, port, sent: new Set() };
}

/** Throws the frame away with every worker in it; the next run makes another. */
function discard(): void {
  frame?.element.remove();
  frame = undefined;
}

async function deliver(to: Frame, port: MessagePort, kind: 'library' | 'compiler', address: string): Promise<void> {
  if (to.sent.has(kind)) return;
  const message: ToFrame = { kind, text: await fetchText(address) };
  if (to.sent.has(kind)) return;
  to.sent.add(kind);
  port.postMessage(message);
}

/** Makes ready for the first run of an edit while the reader still types. */
export async function warm(parts: Parts): Promise<void> {
  frame ??= open(parts.sandbox);
  const own = frame;
  const texts = Promise.all([fetchText(parts.library), fetchText(parts.compiler)]);
  try {
    const port = await own.port;
    await texts;
    await deliver(own, port, 'library', parts.library);
    await deliver(own, port, 'compiler', parts.compiler);
    const message: ToFrame = { kind: 'prepare', source: true };
    port.postMessage(message);
  } catch {
    // The run itself will say what is wrong.
  }
}

const nothing = (kind: 'time' | 'sandbox'): Answer => ({ result: ended(kind), arrows: [], disagreements: [] });

/** Begins a run. The answer never rejects. */
export function start(job: Promise<Job>, parts: Parts): Run {
  let stop = (): void => {};
  const stopped = new Promise<Answer>((resolve) => {
    stop = () => {
      discard();
      const error = { kind: 'time', message: 'Stopped by hand before the end. Nothing of this run is kept.' } as const;
      resolve({ ...nothing('time'), result: { ...ended('time'), error } });
    };
  });
  // All three are fetched at the same time.
  frame ??= open(parts.sandbox);
  void fetchText(parts.library).catch(() => {});
  const answer = attempt(frame, job, parts).catch(() => {
    discard();
    return nothing('sandbox');
  });
  return { answer: Promise.race([answer, stopped]), stop: () => stop() };
}

async function attempt(own: Frame, coming: Promise<Job>, parts: Parts): Promise<Answer> {
  const [port, job] = await Promise.all([own.port, coming]);
  await deliver(own, port, 'library', parts.library);
  if (job.kind === 'source') await deliver(own, port, 'compiler', parts.compiler);
  const run = ++runs;
  const { port1, port2 } = new MessageChannel();
  const send = (message: ToFrame, ports: MessagePort[] = []): void => port.postMessage(message, ports);
  return new Promise((resolve) => {
    const end = (answer: Answer, healthy: boolean): void => {
      clearTimeout(clock);
      port1.close();
      port.onmessage = null;
      if (healthy) {
        send({ kind: 'stop', run });
        send({ kind: 'prepare', source: job.kind === 'source' });
      } else discard();
      resolve(answer);
    };
    const clock = setTimeout(() => end(nothing('time'), false), WALL_CLOCK);
    port1.onmessage = ({ data }: MessageEvent<unknown>) => end(readAnswer(data) ?? nothing('sandbox'), true);
    port.onmessage = ({ data }: MessageEvent<FromFrame>) => {
      if (data?.kind === 'lost' && data.run === run) end(nothing('sandbox'), false);
    };
    send({ kind: 'run', run, job }, [port2]);
  });
}

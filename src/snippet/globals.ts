/**
 * What a snippet finds around it: the language, a console, text encoding, and nothing else. Everything that is not on the
 * list is taken from the global object and its prototypes before the snippet runs, so that Node and every browser offer
 * the same, a run cannot depend on a clock, a locale or chance, and nothing reaches out of the sandbox.
 */

import { TextDecoder, TextEncoder } from './encoding.ts';

type Scope = Record<string, unknown>;

/** The names of the language that stay. What depends on the garbage collector, a clock or shared memory does not. */
const KEPT = new Set([
  ...['globalThis', 'Infinity', 'NaN', 'undefined', 'Object', 'Function', 'Boolean', 'Symbol', 'Number', 'BigInt'],
  ...['Math', 'String', 'RegExp', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Promise', 'Proxy', 'Reflect', 'JSON'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
  ...['ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array'],
  ...['Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'Iterator'],
  ...[
    'parseInt',
    'parseFloat',
    'isNaN',
    'isFinite',
    'encodeURIComponent',
    'decodeURIComponent',
    'encodeURI',
    'decodeURI',
  ],
]);

const CHANCE = 'a result must be the same in every run';
const CLOCK = 'a result must not depend on a clock';
const LOCALE = 'a result must not depend on the language of the reader’s machine';
const OUT = 'a snippet reaches nothing outside of itself';
const LATER = 'a snippet has no timers; it ends where its code ends';
const TEXT = 'code is not made from text here, so that steps can be counted';

/** Names that people reach for, and why they are not there. */
const ABSENT: Readonly<Record<string, string>> = {
  Date: CLOCK,
  performance: CLOCK,
  crypto: CHANCE,
  Intl: LOCALE,
  setTimeout: LATER,
  setInterval: LATER,
  setImmediate: LATER,
  requestAnimationFrame: LATER,
  fetch: OUT,
  XMLHttpRequest: OUT,
  WebSocket: OUT,
  EventSource: OUT,
  WebTransport: OUT,
  RTCPeerConnection: OUT,
  importScripts: OUT,
  Worker: OUT,
  SharedWorker: OUT,
  BroadcastChannel: OUT,
  MessageChannel: OUT,
  postMessage: OUT,
  indexedDB: OUT,
  localStorage: OUT,
  sessionStorage: OUT,
  caches: OUT,
  navigator: OUT,
  location: OUT,
  close: OUT,
  process: OUT,
  require: OUT,
  Buffer: 'it is Node’s own; Uint8Array does the same everywhere',
  WebAssembly: TEXT,
  SharedArrayBuffer: 'a snippet runs on one thread',
  Atomics: 'a snippet runs on one thread',
  WeakRef: 'when memory is collected differs from run to run',
  FinalizationRegistry: 'when memory is collected differs from run to run',
  eval: TEXT,
};

function refusal(name: string, why: string): Error {
  return new Error(`${name} is not available in a snippet: ${why}.`);
}

function refuse(object: object, name: string, why: string, label = name): void {
  const value = (): never => {
    throw refusal(label, why);
  };
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}

/** Takes everything that is not kept from the global object and from the prototypes behind it. */
function strip(scope: Scope): void {
  for (let object: object = scope; ; ) {
    const behind = Object.getPrototypeOf(object) as object | null;
    // The last one is Object.prototype, which belongs to the language.
    if (behind === null) break;
    for (const key of Reflect.ownKeys(object)) {
      if (object === scope && typeof key === 'string' && KEPT.has(key)) continue;
      if (Reflect.deleteProperty(object, key)) continue;
      Reflect.defineProperty(object, key, { value: undefined });
    }
    object = behind;
  }
  for (const [name, why] of Object.entries(ABSENT)) {
    Reflect.defineProperty(scope, name, {
      get: () => {
        throw refusal(name, why);
      },
      configurable: true,
    });
  }
}

function constructorOf(sample: object): object {
  return Object.getPrototypeOf(sample) as object;
}

/** Prepares the realm for a snippet. `console` is the engine's. */
export function restrict(scope: Scope, console: object): void {
  strip(scope);
  const locale: readonly [object, readonly string[]][] = [
    [String.prototype, ['localeCompare', 'toLocaleUpperCase', 'toLocaleLowerCase']],
    [Number.prototype, ['toLocaleString']],
    [BigInt.prototype, ['toLocaleString']],
    [Array.prototype, ['toLocaleString']],
    [Object.getPrototypeOf(Uint8Array.prototype) as object, ['toLocaleString']],
  ];
  for (const [object, names] of locale) for (const name of names) refuse(object, name, LOCALE);
  refuse(Math, 'random', CHANCE, 'Math.random');
  const makers = [() => 0, async () => 0, function* () {}, async function* () {}].map(constructorOf);
  for (const maker of makers) refuse(maker, 'constructor', TEXT, 'Function');
  const refusing = Function.prototype.constructor;
  Object.defineProperty(refusing, 'prototype', { value: Function.prototype });
  // A stack names the engine's own frames, which differ between hosts.
  Reflect.defineProperty(Error, 'stackTraceLimit', { value: 0, writable: false, configurable: false });
  Reflect.defineProperty(Error, 'prepareStackTrace', { value: undefined, writable: false, configurable: false });
  for (const [name, value] of Object.entries({ console, TextDecoder, TextEncoder, Function: refusing })) {
    Object.defineProperty(scope, name, { value, writable: true, configurable: true });
  }
}

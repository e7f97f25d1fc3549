/**
 * What a guest owner computes: the launch digest of the bytes that were sent, the measurement that the firmware has to answer with, and a
 * secret bound to it.
 *
 * measurement = HMAC-SHA256 with the transport integrity key over 0x04, API major, API minor, build, policy (4 bytes, little endian),
 * digest (32), nonce (16). Source: AMD publication 55766 (SEV API), LAUNCH_MEASURE, known through amd/AMD-ASPFW at
 * 3ca6650dd35d878b3fcbe5c7f58b145eed042bbf and virtee/sev at 9cf2adbffa209cc5becf7ff89ffdf624e7278ced. Left out: how owner and
 * firmware agree on the key (session, Diffie-Hellman); here it comes from a word both know. The cipher around the secret is the
 * one of machine/cipher.ts.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { MemoryKey } from '../machine/cipher.ts';
import { utf8 } from '../utf8.ts';

/** API version and build of the firmware of the model. */
export const API = { major: 1, minor: 55, build: 25 } as const;

/** Bytes, one after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** HMAC-SHA256 (RFC 2104); the key is at most 64 bytes. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  const pad = (value: number) => Uint8Array.from({ length: 64 }, (_, i) => (key[i] ?? 0) ^ value);
  return sha256(joined(pad(0x5c), sha256(joined(pad(0x36), data))));
}

export const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function word32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value, true);
  return out;
}

/** 32 bytes: what LAUNCH_MEASURE answers for this digest. */
export function sev_measurement(tik: Uint8Array, policy: number, digest: Uint8Array, nonce: Uint8Array): Uint8Array {
  const head = Uint8Array.of(0x04, API.major, API.minor, API.build);
  return hmacSha256(tik, joined(head, word32(policy), digest, nonce));
}

/** The answer of LAUNCH_MEASURE. */
export class Measurement {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** 16 bytes, chosen by the firmware. */
  readonly nonce: Uint8Array;

  constructor(bytes: Uint8Array, nonce: Uint8Array) {
    this.bytes = bytes;
    this.nonce = nonce;
  }

  show(): string {
    return `measurement ${hex(this.bytes.subarray(0, 8))}…`;
  }
}

/** A secret on its way to the guest. */
export class SecretPacket {
  readonly ciphertext: Uint8Array;
  readonly mac: Uint8Array;

  constructor(ciphertext: Uint8Array, mac: Uint8Array) {
    this.ciphertext = ciphertext;
    this.mac = mac;
  }

  show(): string {
    return `packet of ${this.ciphertext.length} bytes`;
  }
}

/** The person whose guest it is, with the keys that the firmware was given for this guest. */
export class GuestOwner {
  readonly tik: Uint8Array;
  readonly #tek: MemoryKey;

  constructor(name: string) {
    this.tik = sha256(utf8(`transport integrity key of ${name}`)).subarray(0, 16);
    this.#tek = new MemoryKey(`transport key of ${name}`);
  }

  /** Whether the firmware saw exactly these bytes, in this order. */
  verify(answer: Measurement, policy: number, sent: readonly Uint8Array[]): boolean {
    const expected = sev_measurement(this.tik, policy, sha256(joined(...sent)), answer.nonce);
    return hex(expected) === hex(answer.bytes);
  }

  /** Wraps a secret for the guest with this measurement and no other. The length is a multiple of 16 bytes. */
  wrap(secret: Uint8Array, answer: Measurement): SecretPacket {
    const ciphertext = this.#tek.encrypt(0, secret);
    return new SecretPacket(ciphertext, this.#mac(ciphertext, answer.bytes));
  }

  /** What the firmware does with a packet: the secret, or undefined where the packet is for another measurement. */
  unwrap(packet: SecretPacket, measurement: Uint8Array): Uint8Array | undefined {
    if (hex(packet.mac) !== hex(this.#mac(packet.ciphertext, measurement))) return undefined;
    return this.#tek.decrypt(0, packet.ciphertext);
  }

  #mac(ciphertext: Uint8Array, measurement: Uint8Array): Uint8Array {
    return hmacSha256(this.tik, joined(Uint8Array.of(0x01), ciphertext, measurement));
  }

  show(): string {
    return 'guest owner';
  }
}

/** What a read of one line returns, by the kind of integrity, the key of the read, and who wrote the line last: computed. */
import { HOST_KEY, type IntegrityMode, LINE, MemoryController } from '../../model/machine/integrity.ts';
import { facts, type Table } from './table.ts';

type Reader = 'private key' | 'shared key with integrity' | 'KeyID 0';
type Writer = 'a private key' | 'a shared key';

const CASES: readonly (readonly [IntegrityMode, Reader, Writer, boolean])[] = [
  ['Ci', 'private key', 'a private key', true],
  ['Ci', 'private key', 'a private key', false],
  ['Ci', 'private key', 'a shared key', true],
  ['Ci', 'shared key with integrity', 'a shared key', true],
  ['Ci', 'shared key with integrity', 'a shared key', false],
  ['Ci', 'shared key with integrity', 'a private key', true],
  ['Ci', 'KeyID 0', 'a shared key', true],
  ['Ci', 'KeyID 0', 'a private key', true],
  ['Li', 'private key', 'a private key', true],
  ['Li', 'private key', 'a shared key', true],
  ['Li', 'KeyID 0', 'a shared key', true],
  ['Li', 'KeyID 0', 'a private key', true],
];

const NAMES: Readonly<Record<IntegrityMode, string>> = { Ci: 'cryptographic', Li: 'logical' };

function read(mode: IntegrityMode, reader: Reader, writer: Writer, intact: boolean): readonly [string, string] {
  const memory = new MemoryController({ mode });
  const written = new Uint8Array(LINE).fill(0x5a);
  const td = memory.hkid(32);
  const shared = reader === 'shared key with integrity' ? memory.sharedKey(3) : HOST_KEY;
  memory.write(0, writer === 'a private key' ? td : shared, written);
  if (!intact) memory.tamper(0);
  const { data, poison } = memory.read(0, reader === 'private key' ? td : shared);
  const bytes = data.every((byte) => byte === 0) ? 'zeros' : data[0] === 0x5a ? 'what was written' : 'other bytes';
  return [bytes, poison ? 'poisoned' : 'as it was'];
}

export const integrityTable = (): Table =>
  facts(
    ['data', 'the line afterwards'],
    'integrity · read with · last written with',
    CASES.map(([mode, reader, writer, intact]) => ({
      label: `${NAMES[mode]} · ${reader} · ${writer}${intact ? '' : ', changed since'}`,
      values: read(mode, reader, writer, intact),
    })),
  );

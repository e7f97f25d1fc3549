/** Lists of pages: every form of data, lengths, and refusals that name the entry and say what to do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexOf } from '../../model/digest.ts';
import { Problem } from '../problem.ts';
import { parseLaunch, readLaunch } from './list.ts';
import { report } from './measure.ts';
import { isGood, reportJson, reportLines, verdict } from './text.ts';

const page = { gpa: '0x1000', page_type: 'NORMAL' };
const bytes = (data: unknown, more: object = {}, read = (_: string): Uint8Array | undefined => undefined) =>
  readLaunch([{ ...page, data, ...more }], read).entries[0]?.bytes();

test('data by rule', () => {
  const first = (data: unknown, count = 6): number[] => [...(bytes(data) ?? [])].slice(0, count);
  assert.deepEqual(first({ kind: 'zero' }), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(first({ kind: 'repeat', byte: '0x90' }), [144, 144, 144, 144, 144, 144]);
  assert.deepEqual(first({ kind: 'counter', start: 250, step: 3 }), [250, 253, 0, 3, 6, 9]);
  assert.deepEqual(first({ kind: 'counter32le', start: 0xffffffff }), [255, 255, 255, 255, 0, 0]);
  assert.deepEqual(first({ kind: 'text-repeat', ascii: 'abc' }), [97, 98, 99, 97, 98, 99]);
  assert.deepEqual(first({ kind: 'xorshift32', seed: 1 }, 3), xorshift(1));
  const patches = [{ offset: '0x2', hex: '01 02' }];
  assert.deepEqual(first({ kind: 'sparse', fill: 7, patches }), [7, 7, 1, 2, 7, 7]);
});

/** The generator once more, with big integers. */
function xorshift(seed: number): number[] {
  let x = BigInt(seed);
  return [0, 1, 2].map(() => {
    x = (x ^ (x << 13n)) & 0xffffffffn;
    x = (x ^ (x >> 17n)) & 0xffffffffn;
    x = (x ^ (x << 5n)) & 0xffffffffn;
    return Number(x & 0xffn);
  });
}

test('data by bytes: digits, base64 and files, filled up to whole pages', () => {
  assert.deepEqual([...(bytes({ kind: 'hex', hex: '0x0102' }) ?? [])].slice(0, 3), [1, 2, 0]);
  assert.deepEqual([...(bytes({ kind: 'base64', base64: 'AQI=' }) ?? [])].slice(0, 3), [1, 2, 0]);
  const read = (name: string) => (name === 'firmware.bin' ? new Uint8Array(4097).fill(5) : undefined);
  assert.equal(bytes({ kind: 'file', file: 'firmware.bin' }, {}, read)?.length, 8192);
  assert.equal(bytes({ kind: 'file', file: 'firmware.bin', offset: 4096 }, {}, read)?.length, 4096);
  assert.equal(bytes({ kind: 'hex', hex: '00' }, { page_size: '2M', gpa: 0 })?.length, 0x200000);
  assert.throws(() => bytes({ kind: 'file', file: 'a' }, {}, () => new Uint8Array()), /the file "a" is empty/);
});

test('every refusal names the entry, the field and what may stand there', () => {
  const wrong: [unknown, RegExp][] = [
    ['', /empty/],
    ['[{"gpa": 0,}]', /not JSON: line 1/],
    ['3', /the list: it has to be an object/],
    [{ entries: [] }, /"launch_update" or "pages"/],
    [{ schema: 'other/1', pages: [] }, /schema is "other\/1"/],
    [[page, { ...page, gpa: undefined, data: { kind: 'zero' } }], /entry 1 .*data is missing/],
    [[{ page_type: 3 }], /entry 1: gpa has to be a whole number/],
    [[{ ...page, page_type: 'NORMALL' }], /entry 1: page_type "NORMALL" is not known; there are NORMAL/],
    [[{ gpa: 0 }], /entry 1: page_type is missing/],
    [[{ gpa: 2 ** 60, page_type: 3 }], /too large for a JSON number/],
    [[{ gpa: '0x1ffffffffffffffff', page_type: 3 }], /is more than 0xffffffffffffffff/],
    [[{ gpa: '0xfffffffffffff000', page_type: 3, length: 0x2000 }], /behind the last address/],
    [[{ gpa: 0, page_type: 3, page_size: '1G' }], /page_size has to be "4K" or "2M", not "1G"/],
    [[{ gpa: 0, page_type: 3, length: 100 }], /length 100 is not a multiple of the page size, 4K/],
    [[{ gpa: 0, page_type: 3, length: 0 }], /length 0 is not a multiple/],
    [[{ gpa: 0, page_type: 3, page_size: '2M', length: 4096 }], /2M \(0x200000\)/],
    [[{ gpa: 0, page_type: 3, imi_page: 2 }], /imi_page has to be 0 or 1/],
    [[{ gpa: 0, page_type: 3, vmpl_perms: { vmpl1: 256 } }], /vmpl_perms.vmpl1 256 is more than 0xff/],
    [[{ gpa: 0, page_type: 3, vmpl_perms: { vmpl4: 1 } }], /vmpl_perms.vmpl4 is not known; there are vmpl1/],
    [[{ gpa: 0, page_type: 9 }], /entry 1: page_type 9 is not known; there are NORMAL/],
    [[{ gpa: 0, page_type: 1, page_type_name: 'VMSA' }], /page_type 1 and page_type_name "VMSA" are not the same/],
    [[{ gpa: 0, page_type: 3, digest_after: 5 }], /entry 1: digest_after has to be text, not 5/],
    [[{ gpa: 0, page_type: 3, digest_after_each_4k: 'ab' }], /digest_after_each_4k has to be a list/],
    [[{ gpa: 0, page_type: 3, digest_samples: [null] }], /digest_samples\[0\] has to be an object/],
    [[{ gpa: 0, page_type: 3, contents_samples: [{}] }], /contents_samples\[0\].index .* and is missing/],
    [{ pages: [], launch_digest: {} }, /the list: launch_digest has to be text, not {}/],
    [{ pages: [], launch_update: [] }, /two lists of entries/],
    [{ pages: 5 }, /the list: pages has to be a list/],
    [{ schema: 'tdx-mrtd/1', calls: [] }, /schema is "tdx-mrtd\/1"/],
    [
      '[{"gpa": 0, "page_type": 3},\n {"gpa": 0, "gpa": 4096, "page_type": 3}]',
      /entry 2: the field "gpa" stands twice/,
    ],
    [[{ gpa: 0, page_type: 3, vmpl: 1 }], /there is no field "vmpl"/],
    [
      [{ ...page, data: { kind: 'noise' } }],
      /entry 1 \(NORMAL at 0x1000\): data.kind "noise" is not known; there are zero/,
    ],
    [[{ ...page, data: { kind: 'repeat', byte: 256 } }], /data.byte 256 is more than 0xff/],
    [[{ ...page, data: { kind: 'hex', hex: '0' } }], /odd number/],
    [[{ ...page, data: { kind: 'hex', hex: 'zz' } }], /no hexadecimal digits/],
    [[{ ...page, data: { kind: 'base64', base64: '*' } }], /not base64/],
    [[{ ...page, data: { kind: 'file', file: 'a' } }], /there is no file "a"/],
    [
      [{ ...page, length: 4096, data: { kind: 'hex', hex: '00'.repeat(4097) } }],
      /data has 4097 bytes, more than the length/,
    ],
    [[{ ...page, data: { kind: 'sha384-list', page_digests: ['00'] } }], /page_digests\[0\] has 1 bytes; it takes 48/],
    [[{ ...page, length: 8192, data: { kind: 'sha384-list', page_digests: ['00'.repeat(48)] } }], /1 digests; 2 pages/],
    [{ initial_digest: '00', pages: [] }, /initial_digest has 1 bytes; it takes 48/],
    [Array.from({ length: 2 }, () => ({ gpa: 0, page_type: 3, length: '0x30000000' })), /1 GiB/],
  ];
  for (const [value, says] of wrong) {
    const json = typeof value === 'string' ? value : JSON.stringify(value);
    assert.throws(
      () => parseLaunch(json),
      (error) => error instanceof Problem && says.test(error.message),
      `${json}: ${says}`,
    );
  }
  assert.throws(
    () => readLaunch([{ ...page, data: { kind: 'zero' } }, { gpa: 0 }]),
    (error) => error instanceof Problem && error.entry === 1,
  );
});

test('a digest in capitals, with 0x or spaces, is the same digest', () => {
  const digest = hexOf(report(readLaunch([{ gpa: 0, page_type: 3 }])).digest);
  for (const launch_digest of [digest.toUpperCase(), `0x${digest}`, `${digest.slice(0, 48)} ${digest.slice(48)}`]) {
    const result = report(readLaunch({ pages: [{ gpa: 0, page_type: 3 }], launch_digest }));
    assert.equal(isGood(result), true, launch_digest);
  }
});

test('a patch behind the end is refused when its range is known', () => {
  const data = { kind: 'sparse', patches: [{ offset: 4095, hex: '0000' }] };
  assert.throws(() => report(readLaunch([{ ...page, data }])), /ends at byte 4097; the range has 4096 bytes/);
});

test('a refused entry keeps the digest, and the list goes on', () => {
  const list = readLaunch([
    { gpa: 0, page_type: 'ZERO' },
    { gpa: 1, page_type: 'ZERO' },
    { gpa: '0x1000', page_type: 'ZERO', length: '0x2000' },
  ]);
  const result = report(list);
  assert.deepEqual(
    result.entries.map((pages) => pages.map(({ status }) => status.name)),
    [['SUCCESS'], ['INVALID_ADDRESS'], ['SUCCESS', 'SUCCESS']],
  );
  assert.equal(isGood(result), false);
  assert.match(reportLines(result)[1] ?? '', /refused, INVALID_ADDRESS: 0x1 is not at a boundary of 4K/);
  assert.equal(isGood(report(readLaunch([{ gpa: 1, page_type: 3, firmware_status: 'INVALID_ADDRESS' }]))), true);
});

test('answers in the list are compared, and JSON says the same as text', () => {
  const list = readLaunch({ pages: [{ gpa: 0, page_type: 3 }], launch_digest: '00' });
  const result = report(list);
  assert.equal(verdict(result).disagreements.length, 1);
  assert.match(reportLines(result).at(-1) ?? '', /launch digest: the list says 00, computed [0-9a-f]{96}/);
  const json = reportJson(result) as { launch_digest: string };
  assert.equal(json.launch_digest, hexOf(result.digest));
  assert.equal(reportLines(result, { steps: true }).length, reportLines(result).length + 1);
});

/** The launch digest: records byte by byte, what enters it and what does not, refusals that leave it alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAGE } from '../units.ts';
import { checkCpuidPage, cpuidPage } from './cpuid-page.ts';
import { LaunchDigest } from './launch-digest.ts';
import type { LaunchPage } from './launch-page.ts';
import { pageInfoRecord, SNP_PAGE_TYPE_CPUID, SNP_PAGE_TYPE_NORMAL, SNP_PAGE_TYPE_VMSA } from './page-info.ts';

const filled = (byte: number, length = PAGE): Uint8Array => new Uint8Array(length).fill(byte);

function digestOf(...pages: LaunchPage[]): string {
  const launch = new LaunchDigest();
  for (const page of pages) assert.equal(launch.snp_launch_update(page).name, 'SUCCESS');
  return launch.digest.hex;
}

const normal = (gpa: number | bigint, data = filled(1)): LaunchPage => ({ gpa, page_type: SNP_PAGE_TYPE_NORMAL, data });

test('the record has its fields where the firmware reads them', () => {
  const record = pageInfoRecord(filled(0xaa, 48), {
    page_type: 2,
    gpa: 0x0102_0304_0506_7000n,
    contents: filled(0xbb, 48),
    imi_page: true,
    vmpl_perms: [1, 3, 7],
  });
  assert.equal(record.length, 0x70);
  assert.deepEqual([...record.slice(0x5f, 0x70)], [0xbb, 0x70, 0, 2, 1, 0, 1, 3, 7, 0, 0x70, 6, 5, 4, 3, 2, 1]);
});

test('a launch without a page has a digest of zeros', () => {
  assert.equal(digestOf(), '0'.repeat(96));
});

test('address, order, type, masks and IMI flag enter; the bytes of an unmeasured page do not', () => {
  const base = digestOf(normal(0x1000));
  assert.notEqual(digestOf(normal(0x2000)), base);
  assert.notEqual(digestOf({ ...normal(0x1000), vmpl1_perms: 1 }), base);
  assert.notEqual(digestOf({ ...normal(0x1000), vmpl3_perms: 1 }), digestOf({ ...normal(0x1000), vmpl1_perms: 1 }));
  assert.notEqual(digestOf({ ...normal(0x1000), imi_page: true }), base);
  assert.notEqual(digestOf(normal(0x1000), normal(0x2000)), digestOf(normal(0x2000), normal(0x1000)));
  assert.equal(
    digestOf({ gpa: 0, page_type: 4, data: filled(1) }),
    digestOf({ gpa: 0, page_type: 4, data: filled(2) }),
  );
});

test('a 2M page is 512 steps, and its bytes are those of the range', () => {
  const data = new Uint8Array(512 * PAGE).map((_, index) => index >> 12);
  const one = new LaunchDigest();
  one.snp_launch_update({ gpa: 0x20_0000, page_type: SNP_PAGE_TYPE_NORMAL, page_size: '2M', data });
  assert.equal(one.steps.length, 512);
  const many = Array.from({ length: 512 }, (_, index) =>
    normal(0x20_0000 + index * PAGE, data.subarray(index * PAGE, (index + 1) * PAGE)),
  );
  assert.equal(digestOf(...many), one.digest.hex);
});

test('the TSC fields of a register page are hashed as zeros, its other bytes as they are', () => {
  const vmsa = (at: number): LaunchPage => {
    const data = filled(0);
    data[at] = 9;
    return { gpa: 0xffff_ffff_f000, page_type: SNP_PAGE_TYPE_VMSA, data };
  };
  const zero = digestOf({ gpa: 0xffff_ffff_f000, page_type: SNP_PAGE_TYPE_VMSA, data: filled(0) });
  for (const at of [0x2f0, 0x2ff]) assert.equal(digestOf(vmsa(at)), zero);
  for (const at of [0x2ef, 0x300]) assert.notEqual(digestOf(vmsa(at)), zero);
});

test('refusals: alignment, size, type, a reserved field of the CPUID table; the digest stays', () => {
  const launch = new LaunchDigest();
  launch.snp_launch_update(normal(0x1000));
  const before = launch.digest.hex;
  const refusals: [LaunchPage, string][] = [
    [normal(0x1001), 'INVALID_ADDRESS'],
    [{ gpa: 0x1000, page_type: 3, page_size: '2M' }, 'INVALID_ADDRESS'],
    [{ gpa: 0, page_type: SNP_PAGE_TYPE_VMSA, page_size: '2M' }, 'INVALID_PAGE_SIZE'],
    [{ gpa: 0, page_type: 0 }, 'INVALID_PARAM'],
    [{ gpa: 0, page_type: 7 }, 'INVALID_PARAM'],
    [{ gpa: 0, page_type: SNP_PAGE_TYPE_CPUID, data: filled(1) }, 'INVALID_PARAM'],
  ];
  for (const [page, name] of refusals) {
    const status = launch.snp_launch_update(page);
    assert.equal(status.name, name);
    assert.notEqual(status.why, '');
    assert.equal(launch.digest.hex, before);
  }
  assert.equal(launch.trace.events.length, refusals.length + 1);
});

test('the CPUID table: counts, ranges that are not checked, values that the processor does not have', () => {
  assert.equal(checkCpuidPage(cpuidPage([])).status.name, 'SUCCESS');
  const many = cpuidPage([]);
  many[0] = 65;
  assert.equal(checkCpuidPage(many).status.name, 'INVALID_PARAM');
  assert.equal(checkCpuidPage(many).corrected, undefined);
  for (const [leaf, name] of [
    [0x8000_001f, 'INVALID_PARAM'],
    [0xffff, 'INVALID_PARAM'],
    [0x1_0000, 'SUCCESS'],
    [0x4000_0000, 'SUCCESS'],
    [0x8001_0000, 'SUCCESS'],
  ] as const) {
    const page = cpuidPage([{ eax_in: leaf }]);
    page[16 + 40] = 1;
    assert.equal(checkCpuidPage(page).status.name, name, leaf.toString(16));
  }
  for (const [entry, name] of [
    [{ eax_in: 0x7, ecx_in: 1, eax: 1 }, 'SUCCESS'],
    [{ eax_in: 0x7, ecx_in: 2, eax: 1 }, 'INVALID_PARAM'],
    [{ eax_in: 0x3, edx: 1 }, 'INVALID_PARAM'],
    [{ eax_in: 0x3 }, 'SUCCESS'],
    [{ eax_in: 0x80000009, ebx: 1 }, 'INVALID_PARAM'],
  ] as const) {
    assert.equal(checkCpuidPage(cpuidPage([entry])).status.name, name, JSON.stringify(entry));
  }
  assert.deepEqual(checkCpuidPage(cpuidPage([{ eax_in: 3, edx: 1 }])).corrected, cpuidPage([{ eax_in: 3 }]));
  const asked = cpuidPage([{ eax_in: 7, ebx: 0xff }]);
  const { status, corrected } = checkCpuidPage(asked, [{ eax_in: 7, ebx: 0x0f }]);
  assert.equal(status.name, 'INVALID_PARAM');
  assert.deepEqual(corrected, cpuidPage([{ eax_in: 7, ebx: 0x0f }]));
});

test('the picture of a long launch counts what it leaves out', () => {
  const launch = new LaunchDigest();
  for (let index = 0; index < 14; index++) launch.snp_launch_update({ gpa: index * PAGE, page_type: 3 });
  const { steps } = launch.picture();
  assert.equal(steps.length, 11);
  assert.equal(steps[5]?.label, '4 more pages');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PhysicalMemory } from '../machine/memory.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';
import { IommuDomain } from './iommu.ts';

test('a device reaches the pages of its domain and no others', () => {
  const memory = new PhysicalMemory(4);
  const frame = memory.allocate();
  assert.ok(frame);
  const domain = new IommuDomain();
  domain.map(3, frame);
  assert.equal(domain.write(3 * PAGE + 5, 7), 0);
  assert.equal(domain.read(3 * PAGE + 5), 7);
  assert.equal(frame.byte(5), 7);
  assert.equal(show(domain.read(2 * PAGE)), 'IOMMU fault at 0x2000');
  assert.equal(show(domain.write(4 * PAGE, 1)), 'IOMMU fault at 0x4000');
  assert.equal(domain.unmap(0, 3), 0);
  assert.equal(domain.unmap(3, 4), 1);
  assert.equal(show(domain.read(3 * PAGE)), 'IOMMU fault at 0x3000');
});

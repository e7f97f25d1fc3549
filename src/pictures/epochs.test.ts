/** TLB epochs: the text says all that the drawing says; nothing leaves the frame. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runnable_td, TdxModule } from '../model/index.ts';
import { readPicture } from '../snippet/reading.ts';
import { epochsSvg, epochsText } from './epochs.ts';
import { html, text } from './tree.ts';

const tdx = new TdxModule();
const td = runnable_td(tdx, { vcpus: 2 });
tdx.tdh_mem_page_aug(td, 0, 0, 0x4020_0000);
tdx.tdg_mem_page_accept(td, 0, 0);
tdx.tdh_vp_enter(td, 1);
tdx.tdh_mem_range_block(td, 0, 0);
tdx.tdh_mem_track(td);
tdx.tdh_mem_track(td);
tdx.td_exit(td, 1);
const picture = tdx.epochs_picture(td, 'one stays inside');

test('as text', () => {
  assert.deepEqual(epochsText(picture), [
    'epoch 1  tdh_vp_enter, VCPU 1; VCPU 1 inside since 1',
    'epoch 1  tdh_mem_range_block; VCPU 1 inside since 1',
    'epoch 2  tdh_mem_track; VCPU 1 inside since 1 (old)',
    'epoch 2  ✕ tdh_mem_track: TDX_PREVIOUS_TLB_EPOCH_BUSY; VCPU 1 inside since 1 (old)',
    'epoch 2  td_exit, VCPU 1',
  ]);
});

test('as SVG: all steps and lanes, inside the frame', () => {
  const drawn = epochsSvg(picture);
  const markup = html(drawn);
  assert.doesNotMatch(markup, /style=|NaN|undefined/);
  for (const word of ['tdh_mem_track', 'VCPU 0', 'VCPU 1', 'epoch']) assert.ok(text(drawn).includes(word), word);
  assert.equal(markup.match(/class="cell x"/g)?.length, 2, 'an old translation stands out');
  const [, , w = 0, h = 0] = (drawn.attributes['viewBox'] ?? '').split(' ').map(Number);
  for (const [, x = '', y = ''] of markup.matchAll(/<(?:rect|text) x="([\d.]+)" y="([\d.]+)"/g)) {
    assert.ok(Number(x) <= w && Number(y) <= h, `${x} ${y} in ${w} ${h}`);
  }
});

test('it crosses the border of the sandbox whole, and what does not fit is left out', () => {
  assert.deepEqual(readPicture(JSON.parse(JSON.stringify(picture))), picture);
  assert.equal(readPicture({ ...picture, events: [{ text: 'x', epoch: 1, inside: ['no'] }] }), undefined);
});

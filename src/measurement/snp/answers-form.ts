/** The answers that a list names have to have their form: one that could not be compared would pass without a word. */
import { type Fields, fail, list, object, type Place, quoted, small, text } from '../fields.ts';

const DIGESTS = ['contents', 'digest_after', 'imd_after', 'contents_if_not_cleared', 'launch_digest', 'imd'];
const SERIES = ['contents_each_4k', 'digest_after_each_4k'];
const SAMPLES = { contents_samples: 'contents', digest_samples: 'digest_after' };

/** Checks the answers of an entry, or those of a whole list. Throws Problem. */
export function checkAnswers(written: Fields, place: Place): void {
  for (const name of [...DIGESTS, 'firmware_status']) {
    if (written[name] !== undefined) text(written[name], place, name);
  }
  for (const name of SERIES) {
    if (written[name] === undefined) continue;
    for (const [index, one] of list(written[name], place, name).entries()) text(one, place, `${name}[${index}]`);
  }
  for (const [name, field] of Object.entries(SAMPLES)) {
    if (written[name] === undefined) continue;
    for (const [index, one] of list(written[name], place, name).entries()) {
      const sample = object(one, place, `${name}[${index}]`);
      small(sample['index'], place, `${name}[${index}].index`, Number.MAX_SAFE_INTEGER);
      text(sample[field], place, `${name}[${index}].${field}`);
    }
  }
  const changed = written['digest_changed'];
  if (changed !== undefined && typeof changed !== 'boolean') {
    fail(place, `digest_changed has to be true or false, not ${quoted(changed)}.`);
  }
}

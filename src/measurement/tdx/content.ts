/**
 * What the pages of a list hold: `gen` names the rule. `zero`, `fill` (byte), `ramp` (start, step), `hex` (hex, then zeros),
 * `sha256ctr` (seed; `{gpa}` in it stands for the address), `file` (file: a dropped file, or a path on the command line). `offset`
 * skips bytes.
 */
import { type Content, filled, given, ramp, seeded, shifted, zeros } from '../../model/tdx/content.ts';
import type { FileReader } from '../bytes.ts';
import { type Fields, fail, hexBytes, object, type Place, quoted, small, text } from '../fields.ts';

export function content(value: unknown, place: Place, name: string, gpa: bigint, read: FileReader): Content {
  if (value === undefined) return zeros;
  const fields = object(value, place, name);
  const offset = small(fields['offset'] ?? 0, place, `${name}.offset`, Number.MAX_SAFE_INTEGER);
  const whole = rule(fields, place, name, gpa, read);
  return offset === 0 ? whole : shifted(whole, offset);
}

function rule(fields: Fields, place: Place, name: string, gpa: bigint, read: FileReader): Content {
  switch (fields['gen']) {
    case 'zero':
      return zeros;
    case 'fill':
      return filled(small(fields['byte'], place, `${name}.byte`, 0xff));
    case 'ramp':
      return ramp(
        small(fields['start'], place, `${name}.start`, 0xffff),
        small(fields['step'], place, `${name}.step`, 0xffff),
      );
    case 'hex':
      return given(hexBytes(fields['hex'], place, `${name}.hex`));
    case 'sha256ctr':
      return seeded(text(fields['seed'], place, `${name}.seed`).replaceAll('{gpa}', `0x${gpa.toString(16)}`));
    case 'file': {
      const file = text(fields['file'], place, `${name}.file`);
      const bytes = read(file);
      if (bytes === undefined)
        fail(place, `there is no file ${quoted(file)}; give its path, or drop it beside the list.`);
      return given(bytes);
    }
    default:
      return fail(
        place,
        `${name}.gen ${quoted(fields['gen'])} is not known; there are zero, fill, ramp, hex, sha256ctr and file.`,
      );
  }
}

/**
 * `npm run publish-ids`: adds the ids of new claims to the list of published ids. Nothing is ever taken from it. With
 * `-- --note "what was put right"` the claims that no longer say what was published get a correction.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { extract } from '../extract.ts';
import { format, PUBLISHED_FILE, publish } from '../published.ts';

const { values } = parseArgs({ options: { note: { type: 'string' } } });
const root = process.cwd();
const { catalogue, records, problems } = extract(root);
const others = problems.list.filter(({ text }) => !text.includes('npm run publish-ids'));
for (const { file, line, text } of others) console.error(`${file}:${line}: ${text}`);
if (others.length > 0) {
  console.error('Nothing was published: put the above right first.');
  process.exitCode = 1;
} else {
  const { list, added, changed, refused } = publish(records.published, catalogue.claims, values.note);
  if (added.length + changed.length > 0) writeFileSync(join(root, PUBLISHED_FILE), format(list));
  console.log(`${added.length} ids published${added.length > 0 ? `: ${added.join(', ')}` : ''}`);
  if (changed.length > 0) console.log(`${changed.length} claims changed: ${changed.join(', ')}`);
  if (refused.length > 0) {
    console.error(`Changed since they were published, so they need --note "…": ${refused.join(', ')}`);
    process.exitCode = 1;
  }
}

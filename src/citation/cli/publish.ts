/** `npm run publish-ids`: adds the ids of new claims to the list of published ids. Nothing is ever taken from it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from '../extract.ts';
import { format, PUBLISHED_FILE, withNew } from '../published.ts';

const root = process.cwd();
const { catalogue, records, problems } = extract(root);
const others = problems.list.filter(({ text }) => !text.includes('npm run publish-ids'));
if (others.length > 0) {
  for (const { file, line, text } of others) console.error(`${file}:${line}: ${text}`);
  console.error('Nothing was published: put the above right first.');
  process.exitCode = 1;
} else {
  const { list, added } = withNew(records.published, catalogue.claims);
  if (added.length > 0) writeFileSync(join(root, PUBLISHED_FILE), format(list));
  console.log(added.length === 0 ? 'No new ids.' : `Published ${added.length} ids: ${added.join(', ')}`);
}

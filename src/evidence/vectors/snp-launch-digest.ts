/** Launch digests of SEV-SNP guests: every digest between, every contents field and every refusal that a vector names. */
import { answers } from '../../measurement/snp/answers.ts';
import { readLaunch, SCHEMA } from '../../measurement/snp/list.ts';
import { report } from '../../measurement/snp/measure.ts';
import { compareFields, type Vector, type VectorReport, type VectorSchema } from './vector.ts';

type Item = { readonly [field: string]: unknown };

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** A source that says of itself that it was read and no program gave it. */
const onlyRead = (source: string): boolean => source.includes('read, not executed');

function run(item: Item): VectorReport {
  const sources = texts(item['sources']);
  const published = item['published_in'] === undefined ? [] : [`published in ${String(item['published_in'])}`];
  return {
    title: String(item['title'] ?? item['id']),
    ...compareFields(answers(report(readLaunch(item)))),
    source: [...published, ...sources].join('; '),
    executed: published.length > 0 || sources.some((source) => !onlyRead(source)),
  };
}

function read(item: Item): readonly Vector[] {
  return [{ name: String(item['id'] ?? item['title'] ?? 'launch digest'), run: () => run(item) }];
}

export const snpLaunchDigest: Readonly<Record<string, VectorSchema>> = {
  [SCHEMA]: { subject: 'snp_launch_digest', read },
};

/** What the evidence pages are made from: every case with both answers, and what each broken rule would do. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { OWN } from './files.ts';
import { whoNotices } from './mutations.ts';
import type { StepReport } from './replay.ts';
import { type CaseScore, score } from './score.ts';

/** A case as the site shows it. */
export interface SiteCase {
  readonly name: string;
  readonly subject: string;
  readonly reason: string;
  readonly tags: readonly string[];
  readonly kernel: string;
  readonly steps: readonly StepReport[];
  readonly count: number;
  readonly fields: number;
}

export interface SiteEvidence {
  readonly cases: readonly SiteCase[];
  readonly mutations: readonly { readonly id: string; readonly title: string; readonly by: readonly string[] }[];
}

const FILE = resolve('.cache/evidence.json');

/**
 * Runs the evidence and keeps it for the pages; the step of the build. Throws when one answer disagrees, naming file, step,
 * expected and found.
 */
export function writeEvidence(): string {
  const { cases, errors, passed, failed } = score([OWN]);
  const wrong = [
    ...errors.map(({ file, message }) => `${shown(file)}: ${message}`),
    ...cases.flatMap((one) => one.disagreements.map((line) => `${shown(one.file)}: ${line}`)),
  ];
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  if (passed === 0) throw new Error('no evidence was found');
  const mutations = whoNotices(cases.map((one) => one.trace)).map(({ mutation, by }) => ({
    id: mutation.id,
    title: mutation.title,
    by,
  }));
  const evidence: SiteEvidence = { cases: cases.map(siteCase), mutations };
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify(evidence));
  return `${passed} agree, ${failed} disagree`;
}

function siteCase({ trace, report, subject }: CaseScore): SiteCase {
  const { name, reason, tags, kernel } = trace;
  const { steps, count, fields } = report;
  return { name, subject, reason, tags, kernel, steps, count, fields };
}

const shown = (file: string): string => join('content/evidence', relative(OWN, file));

let kept: SiteEvidence | undefined;

/** The evidence of the present build. */
export function evidence(): SiteEvidence {
  kept ??= JSON.parse(readFileSync(FILE, 'utf8')) as SiteEvidence;
  return kept;
}

/** What the evidence pages are made from: every case with both answers, and what each broken rule would do. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { OWN } from './files.ts';
import { whoNotices } from './mutations.ts';
import type { StepReport } from './replay.ts';
import { type CaseScore, score } from './score.ts';
import type { VectorReport } from './vectors/vector.ts';

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

/** A vector as the site shows it. */
export interface SiteVector extends VectorReport {
  readonly name: string;
  readonly subject: string;
}

export interface SiteEvidence {
  readonly cases: readonly SiteCase[];
  readonly vectors: readonly SiteVector[];
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
  const recordings = cases.flatMap((one) => (one.recording === undefined ? [] : [one.recording.trace]));
  const mutations = whoNotices(recordings).map(({ mutation, by }) => ({
    id: mutation.id,
    title: mutation.title,
    by,
  }));
  const evidence: SiteEvidence = { cases: cases.flatMap(siteCase), vectors: cases.flatMap(siteVector), mutations };
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify(evidence));
  return `${passed} agree, ${failed} disagree`;
}

function siteCase({ recording, subject }: CaseScore): SiteCase[] {
  if (recording === undefined) return [];
  const { name, reason, tags, kernel } = recording.trace;
  const { steps, count, fields } = recording.report;
  return [{ name, subject, reason, tags, kernel, steps, count, fields }];
}

function siteVector({ vector, subject, name }: CaseScore): SiteVector[] {
  return vector === undefined ? [] : [{ name, subject, ...vector }];
}

const shown = (file: string): string => join('content/evidence', relative(OWN, file));

let kept: SiteEvidence | undefined;

/** The evidence of the present build. */
export function evidence(): SiteEvidence {
  kept ??= JSON.parse(readFileSync(FILE, 'utf8')) as SiteEvidence;
  return kept;
}

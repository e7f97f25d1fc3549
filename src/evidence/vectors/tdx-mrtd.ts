/**
 * Vectors of the build-time measurement (schema tdx_mrtd/1): calls that succeed and fail, regions, firmware images. A firmware
 * that is only named is a vector where its files lie beside the list; a value without bytes is none.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { Problem } from '../../measurement/problem.ts';
import { runCalls } from '../../measurement/tdx/calls.ts';
import { content } from '../../measurement/tdx/content.ts';
import {
  type CallsDocument,
  documentOf,
  documentOfBytes,
  type ImageDocument,
  type RegionsDocument,
} from '../../measurement/tdx/document.ts';
import { measureImage } from '../../measurement/tdx/image.ts';
import { runRegions } from '../../measurement/tdx/regions.ts';
import { hexOf } from '../../model/digest.ts';
import { show } from '../../model/show.ts';
import { gpaHex } from '../../model/tdx/build.ts';
import { record, type TdvfPolicy } from '../../model/tdx/index.ts';
import type { MeasuredCall } from '../../model/tdx/measurement.ts';
import { PAGE } from '../../model/units.ts';
import { compareFields, type Vector, type VectorReport, type VectorSchema } from './vector.ts';

type Json = { readonly [name: string]: unknown };
type Compared = Parameters<typeof compareFields>[0][number];

const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);

/** Counts and measurement, which every kind of vector ends in. */
function outcome(
  prefix: string,
  expected: Json,
  mrtd: string,
  counts: Readonly<Record<MeasuredCall, number>>,
): Compared[] {
  const wanted = (expected['counts'] ?? {}) as Json;
  return [
    ...Object.keys(wanted).map((call) => ({
      field: `${prefix}${call}, calls that were measured`,
      expected: text(wanted[call]),
      found: text(counts[call as MeasuredCall]),
    })),
    { field: `${prefix}MRTD`, expected: text(expected['mrtd']), found: mrtd },
  ];
}

function calls(vector: Json): Compared[] {
  const document = documentOf({ td: vector['td'], calls: vector['calls'] }) as CallsDocument;
  const result = runCalls(document);
  const each = list(vector['calls']).flatMap((expected, index): Compared[] => {
    const answer = result.answers[index];
    const entry = document.entries[index];
    const name = `${index + 1}: ${entry?.call}${entry?.call === 'MR.FINALIZE' ? '' : ` ${gpaHex(entry?.gpa ?? 0n)}`}`;
    const page = expected['page_sha256'];
    return [
      { field: `${name}, status`, expected: text(expected['status']), found: answer?.status.show() },
      ...(expected['digest_after'] === undefined
        ? []
        : [{ field: `${name}, digest`, expected: text(expected['digest_after']), found: answer?.digest.hex }]),
      ...(page === undefined || entry === undefined
        ? []
        : [{ field: `${name}, page`, expected: text(page), found: hexOf(sha256(entry.page(entry.gpa)(0, PAGE))) }]),
    ];
  });
  return [...each, ...blocks(vector), ...outcome('', vector, result.mrtd.hex, result.counts)];
}

/** The raw records of a few calls: `MEM.PAGE.ADD 0x1000`, `MR.EXTEND 0x0 (header block)`. */
function blocks(vector: Json): Compared[] {
  return list(vector['hash_blocks']).map((block) => {
    const [call = '', gpa = '0'] = String(block['for']).split(' ');
    return {
      field: `record of ${call} ${gpa}`,
      expected: text(block['hex']),
      found: hexOf(record(call as MeasuredCall, BigInt(gpa))),
    };
  });
}

function regions(vector: Json): Compared[] {
  const result = runRegions(documentOf({ td: vector['td'], regions: vector['regions'] }) as RegionsDocument);
  const each = list(vector['regions']).flatMap((expected, index): Compared[] => {
    const answer = result.answers[index];
    const name = `${index + 1}: region at ${gpaHex(answer?.gpa ?? 0n)}`;
    return [
      { field: `${name}, result`, expected: text(expected['status'] ?? 0), found: show(answer?.result) },
      { field: `${name}, digest`, expected: text(expected['digest_after']), found: answer?.digest.hex },
    ];
  });
  return [...each, ...outcome('', vector, result.mrtd.hex, result.counts)];
}

const image = (vector: Json): Compared[] => ofImage(vector, documentOf({ image: vector['image'] }) as ImageDocument);

function ofImage(vector: Json, document: ImageDocument): Compared[] {
  const sections = list(vector['tdvf_sections']).flatMap((expected, index) => {
    const found = document.tdvf.sections[index] as unknown as Json | undefined;
    return Object.keys(expected).map((name) => ({
      field: `section ${index + 1}, ${name}`,
      expected: text(expected[name]),
      found: name === 'type' || name === 'attributes' ? text(found?.[name]) : inHex(found?.[name]),
    }));
  });
  const wanted = (vector['image'] as Json)['sha256'];
  return [
    { field: 'SHA-256 of the image', expected: text(wanted), found: hexOf(sha256(document.image)) },
    {
      field: 'sections',
      expected: text(list(vector['tdvf_sections']).length),
      found: text(document.tdvf.sections.length),
    },
    ...sections,
    ...list(vector['results']).flatMap((result) => {
      const { mrtd, counts } = measureImage(document, policyOf(result));
      return outcome(`${String(result['policy'])}: `, result, mrtd.hex, counts);
    }),
  ];
}

const inHex = (value: unknown): string | undefined =>
  typeof value === 'bigint' || typeof value === 'number' ? gpaHex(BigInt(value)) : undefined;

const POLICY = /^(single|two_pass)(?:_(skip|ignore)_page_aug)?(?:_(zero_pad|next_image_bytes|extend_raw_only))?$/;

/** The policy that a result names. What its name does not say makes no difference to that image. */
function policyOf(result: Json): TdvfPolicy {
  const name = String(result['policy']);
  if (name === 'measure_all_regions') {
    const td_hob = content(result['td_hob_content'], { name: 'td_hob_content' }, 'td_hob_content', 0n, () => undefined);
    return { order: 'interleaved', page_aug: 'ignore', short_data: 'next-image-bytes', measure_all: { td_hob } };
  }
  const found = POLICY.exec(name);
  if (found === null) throw new Problem(`tdx_mrtd/1: no rule is known for the policy '${name}'`);
  const [, order, page_aug = 'ignore', short = 'next_image_bytes'] = found;
  return {
    order: order === 'single' ? 'interleaved' : 'two-pass',
    page_aug: page_aug as TdvfPolicy['page_aug'],
    short_data: short.replaceAll('_', '-') as TdvfPolicy['short_data'],
  };
}

/** A firmware by the names of its files, which lie beside the vectors where somebody put them; undefined where they do not. */
function firmware(vector: Json, folder: string): ImageDocument | undefined {
  const names = ((vector['image'] as Json)['concatenation_of'] ?? []) as readonly string[];
  const paths = names.map((name) => join(folder, name));
  if (paths.length === 0 || !paths.every((path) => existsSync(path))) return undefined;
  return documentOfBytes(Buffer.concat(paths.map((path) => readFileSync(path)))) as ImageDocument;
}

const KINDS: Readonly<Record<string, (vector: Json) => Compared[]>> = { calls, regions, images: image };

function confirmedBy(vector: Json): string {
  const programs = new Set(
    [vector, ...list(vector['results'])].flatMap((one) => (one['confirmed_by'] as string[] | undefined) ?? []),
  );
  return [...programs].join(', ');
}

function report(vector: Json, fieldsOf: (vector: Json) => Compared[]): VectorReport {
  const source = confirmedBy(vector);
  return {
    title: String(vector['title']),
    ...compareFields(fieldsOf(vector)),
    ...(source !== '' && { source }),
    executed: true,
  };
}

function read(item: Json, file: string): readonly Vector[] {
  const kind = String(item['kind']);
  // Values without the bytes behind them: nothing is recomputed, nothing is counted.
  if (kind === 'published') return [];
  const fieldsOf = KINDS[kind];
  if (fieldsOf === undefined && kind !== 'real_firmware') throw new Problem(`tdx_mrtd/1: unknown kind '${kind}'`);
  if (!Array.isArray(item['vectors'])) throw new Problem('tdx_mrtd/1: the file has no list of vectors');
  return list(item['vectors']).flatMap((vector) => {
    const found = fieldsOf === undefined ? firmware(vector, dirname(file)) : undefined;
    const fields = fieldsOf ?? (found && (() => ofImage(vector, found)));
    return fields === undefined ? [] : [{ name: String(vector['id']), run: () => report(vector, fields) }];
  });
}

export const tdxMrtd: Readonly<Record<string, VectorSchema>> = { 'tdx_mrtd/1': { subject: 'tdx_mrtd', read } };

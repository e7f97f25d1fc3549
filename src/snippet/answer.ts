/** Reads the sandbox's answer in the page: a stranger's text until every field of it was looked at. */
import { ANSWER_CHARACTERS, LIMITS } from './limits.ts';
import type { Answer, Disagreement } from './protocol.ts';
import { defined, each, fields, readOwnership, readPicture, text, whole } from './reading.ts';
import type { Arrow, ConsoleLine, LineResult, PlacedPicture, RunError, RunResult, ScenarioColumn } from './types.ts';

const KINDS: ReadonlySet<unknown> = new Set<RunError['kind']>([
  'syntax',
  'import',
  'throw',
  'steps',
  'output',
  'time',
  'memory',
  'await',
  'sandbox',
]);
const STATES: ReadonlySet<unknown> = new Set<RunResult['state']>(['done', 'stopped', 'failed']);
const WORDS = 20_000;

function line(value: unknown): LineResult | undefined {
  const from = fields(value);
  const number = whole(from?.['line']);
  const said = text(from?.['text'], WORDS);
  const owners = each(from?.['owners'], readOwnership);
  if (number === undefined || said === undefined || !owners) return undefined;
  return defined({ line: number, text: said, why: text(from?.['why'], WORDS), owners });
}

function printed(value: unknown): ConsoleLine | undefined {
  const said = text(fields(value)?.['text'], WORDS);
  return said === undefined ? undefined : defined({ line: whole(fields(value)?.['line']), text: said });
}

function placed(value: unknown): PlacedPicture | undefined {
  const number = whole(fields(value)?.['line']);
  const picture = readPicture(fields(value)?.['picture']);
  return number !== undefined && picture ? { line: number, picture } : undefined;
}

function error(value: unknown): RunError | undefined {
  const from = fields(value);
  const message = text(from?.['message'], WORDS);
  if (!from || message === undefined || !KINDS.has(from['kind'])) return undefined;
  const kind = from['kind'] as RunError['kind'];
  return defined({ kind, name: text(from['name']), message, line: whole(from['line']) });
}

function result(value: unknown): RunResult | undefined {
  const from = fields(value);
  const steps = whole(from?.['steps']);
  const lines = each(from?.['lines'], line, LIMITS.lines);
  const console = each(from?.['console'], printed, LIMITS.lines);
  const pictures = each(from?.['pictures'], placed);
  if (!from || steps === undefined || !lines || !console || !pictures || !STATES.has(from['state'])) return undefined;
  const state = from['state'] as RunResult['state'];
  return defined({ state, steps, lines, console, pictures, error: error(from['error']) });
}

function arrow(value: unknown): Arrow | undefined {
  const number = whole(fields(value)?.['line']);
  const said = text(fields(value)?.['text'], WORDS);
  if (number === undefined || said === undefined) return undefined;
  return defined({ line: number, text: said, nothing: text(fields(value)?.['nothing'], WORDS) });
}

function disagreement(value: unknown): Disagreement | undefined {
  const number = whole(fields(value)?.['line']);
  const expected = text(fields(value)?.['expected'], WORDS);
  const found = text(fields(value)?.['found'], WORDS);
  return number === undefined || expected === undefined || found === undefined
    ? undefined
    : { line: number, expected, found };
}

function column(value: unknown): ScenarioColumn | undefined {
  const from = fields(value);
  const owners = each(from?.['owners'], readOwnership);
  const answers = each(from?.['answers'], (one) => {
    const name = text(fields(one)?.['name']);
    const said = text(fields(one)?.['text'], WORDS);
    if (name === undefined || said === undefined) return undefined;
    return defined({ name, text: said, why: text(fields(one)?.['why'], WORDS) });
  });
  return owners && answers ? { answers, owners } : undefined;
}

/** The answer, if the text is one; undefined for anything else. Never throws. */
export function readAnswer(data: unknown): Answer | undefined {
  if (typeof data !== 'string' || data.length > ANSWER_CHARACTERS) return undefined;
  try {
    const from = fields(JSON.parse(data));
    const run = result(from?.['result']);
    const arrows = each(from?.['arrows'], arrow, LIMITS.lines);
    const disagreements = each(from?.['disagreements'], disagreement, LIMITS.lines);
    if (!run || !arrows || !disagreements) return undefined;
    return defined({ result: run, arrows, disagreements, column: column(from?.['column']) });
  } catch {
    return undefined;
  }
}

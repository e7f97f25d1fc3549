/** A snippet as plain text, for the text form of a page and for mail: numbers, code, who owns what, answers, reasons. */
import { headOf, isMark, partOf, withoutArrow } from '../../pictures/listing.ts';
import { ownershipLetters } from '../../pictures/owners.ts';
import type { RunResult } from '../../snippet/types.ts';
import { type FigureBreak, outcomeWords } from './figure.ts';

/** What the text is made from. */
export interface TextInput {
  readonly id: string;
  readonly source: string;
  readonly result: RunResult;
  readonly breaks: readonly FigureBreak[];
}

/** The block in lines; nothing is wrapped, since code must not be. */
export function snippetText({ id, source, result, breaks }: TextInput, part?: string): string {
  const lines = source.replace(/\n$/, '').split('\n');
  const shown = part === undefined ? undefined : partOf(lines, part);
  const first = shown?.first ?? headOf(lines) + 1;
  const last = shown?.last ?? lines.length;
  const width = String(last).length;
  const out = [part === undefined ? id : `${id} · ${part}`];
  for (let line = first; line <= last; line++) {
    const text = lines[line - 1] ?? '';
    if (isMark(text)) continue;
    out.push(`${String(line).padStart(width)}  ${withoutArrow(text)}`.trimEnd());
    const answer = result.lines.find((entry) => entry.line === line);
    if (answer === undefined) continue;
    const letters = answer.owners.map((ownership) => `  ${ownership.object} ${ownershipLetters(ownership)}`).join('');
    out.push(`${' '.repeat(width)}    → ${answer.text}${letters}`);
    if (answer.why !== undefined) out.push(`${' '.repeat(width)}      ${answer.why}`);
  }
  if (part !== undefined) return out.join('\n');
  for (const { line, text } of result.console) out.push(`prints${line === undefined ? '' : ` (${line})`}: ${text}`);
  for (const { label, outcome, says } of breaks) {
    out.push(`Try "${label}": ${outcome.map(outcomeWords).join('; ')}. ${says}`);
  }
  return out.join('\n');
}

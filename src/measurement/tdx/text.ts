/** A report in words: for the command line, and as JSON for other programs. */
import { type MrtdReport, many, type NamedAnswer, type Row } from './report.ts';

const rowLine =
  (wide: number, deep: number) =>
  ({ number, what, where, note, refused, digest }: Row): string => {
    const head = `${String(number).padStart(3)}  ${what.padEnd(wide)}  ${where.padEnd(deep)}`;
    const tail = refused !== undefined ? `refused, ${refused}` : digest === undefined ? note : `→ ${digest}`;
    return `${head}  ${digest !== undefined && note !== '' && refused === undefined ? `${note} ` : ''}${tail}`;
  };

const disagreeing = (answers: readonly NamedAnswer[]): readonly NamedAnswer[] =>
  answers.filter(({ expected, found }) => expected !== found);

export function reportLines(report: MrtdReport, answers: readonly NamedAnswer[]): string[] {
  const { rows, lines, notes, counts } = report;
  const width = (pick: (row: Row) => string): number => Math.max(0, ...rows.map((row) => pick(row).length));
  const wrong = disagreeing(answers);
  return [
    ...rows.map(
      rowLine(
        width(({ what }) => what),
        width(({ where }) => where),
      ),
    ),
    ...(rows.length > 0 ? [''] : []),
    counts,
    '',
    ...lines.flatMap(({ title, what, mrtd, by }) => [
      `MRTD, ${title}: ${mrtd}`,
      `  ${what}`,
      ...by.map((one) => `  - ${one}`),
    ]),
    ...(notes.length > 0 ? ['', ...notes] : []),
    ...(answers.length > 0
      ? ['', `${answers.length - wrong.length} of ${many(answers.length, 'answer')} in the list agree`]
      : []),
    ...wrong.map(({ field, expected, found }) => `  ${field}: the list says ${expected}, computed ${found}`),
  ];
}

export function reportJson(report: MrtdReport, answers: readonly NamedAnswer[]): unknown {
  const { kind, rows, lines, notes, counts } = report;
  return {
    kind,
    measured: counts,
    entries: rows,
    mrtd: lines.map(({ order, title, mrtd, by }) => ({ order, title, mrtd, by })),
    notes,
    answers: { compared: answers.length, disagreements: disagreeing(answers) },
  };
}

/**
 * A page as plain text that reads well in mail: 72 columns, claims marked `[001-03]`, links numbered, both listed with
 * their addresses at the end. Code and addresses are never broken.
 */
import { COLUMNS, wrap } from '../wrap.ts';
import type { Block, ClaimSource, Inline, Page } from './blocks.ts';

/** What is listed at the end. */
interface Ends {
  readonly links: string[];
  readonly claims: Map<string, ClaimSource>;
}

/** The number of a link; the same address has one number. */
function numberOf(url: string, { links }: Ends): number {
  const at = links.indexOf(url);
  return at >= 0 ? at + 1 : links.push(url);
}

function line(content: readonly Inline[], ends: Ends): string {
  return content
    .map((part): string => {
      switch (part.kind) {
        case 'text':
        case 'code':
          return part.text;
        case 'mark':
          return ` [${part.id}]`;
        case 'break':
          return ' ';
        case 'link': {
          const text = line(part.content, ends);
          return text.trim() === part.url ? text : `${text} [${numberOf(part.url, ends)}]`;
        }
        default:
          return line(part.content, ends);
      }
    })
    .join('');
}

function underline(text: string, mark: string): string[] {
  const lines = wrap(text);
  const width = Math.max(...lines.map(({ length }) => length));
  return [...lines, mark.repeat(width)];
}

/** A table whose rows fit, in columns; else one paragraph to a row, each cell under the name of its column. */
function table({ caption, head, rows }: Extract<Block, { kind: 'table' }>, ends: Ends): string[] {
  const clean = (cell: readonly Inline[]): string => line(cell, ends).replace(/\s+/g, ' ').trim();
  const names = head.map(clean);
  const cells = rows.map((row) => row.map(clean));
  const everything = head.length > 0 ? [names, ...cells] : cells;
  const count = Math.max(0, ...everything.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...everything.map((row) => row[at]?.length ?? 0)));
  const title = caption.length > 0 ? [...wrap(line(caption, ends)), ''] : [];
  if (widths.reduce((sum, width) => sum + width + 2, -2) <= COLUMNS) {
    const draw = (row: readonly string[]): string =>
      widths
        .map((w, at) => (row[at] ?? '').padEnd(w))
        .join('  ')
        .trimEnd();
    const rule = widths.map((width) => '-'.repeat(width)).join('  ');
    return [...title, ...(head.length > 0 ? [draw(names), rule] : []), ...cells.map(draw)];
  }
  const drawn = cells.map((row) => {
    const [start = '', ...rest] = row;
    return [
      ...wrap(start),
      ...rest.flatMap((cell, at) => {
        if (cell === '') return [];
        const name = names[at + 1] ?? '';
        return wrap(name === '' ? cell : `${name}: ${cell}`, '  ', '    ');
      }),
    ];
  });
  return [...title, ...drawn.flatMap((row, at) => (at === 0 ? row : ['', ...row]))];
}

function snippet({ id, title, lines, prints, attempts }: Extract<Block, { kind: 'snippet' }>): string[] {
  const width = Math.max(1, ...lines.map(({ number }) => number.length));
  const under = ' '.repeat(width + 2);
  return [
    `--- ${id} ---`,
    ...(title === '' ? [] : wrap(title)),
    '',
    ...lines.flatMap(({ number, code, result, owners, why }) => [
      `${number.padStart(width)}  ${code}`.trimEnd(),
      ...(result === undefined ? [] : [`${under}  → ${result}${owners === '' ? '' : `   ${owners}`}`]),
      ...(why === undefined ? [] : wrap(why, `${under}    `)),
    ]),
    ...(prints.length === 0 ? [] : ['', 'It prints:', ...prints.map((text) => `  ${text}`)]),
    ...attempts.flatMap(({ label, outcome, says }) => [
      '',
      ...wrap(`Try: ${label}`),
      ...outcome.map((text) => `  ${text}`),
      ...(says === '' ? [] : wrap(says, '  ')),
    ]),
  ];
}

function indent(lines: readonly string[], start: string, rest = ' '.repeat(start.length)): string[] {
  return lines.map((text, at) => `${at === 0 ? start : text === '' ? '' : rest}${text}`.trimEnd());
}

/** The lines of one block, or none. `columns` is what is left beside the indentation. */
function block(one: Block, ends: Ends, columns: number): string[] {
  const fold = (content: readonly Inline[], start = ''): string[] => wrap(line(content, ends), start, start, columns);
  switch (one.kind) {
    case 'heading':
      if (one.level <= 2) return underline(line(one.content, ends), one.level === 1 ? '=' : '-');
      return fold(one.content);
    case 'paragraph':
      return fold(one.content);
    case 'note':
      return wrap(`(${line(one.content, ends).trim()})`, '  ', '  ', columns);
    case 'list':
      return one.items.flatMap((item, at) => {
        const start = one.ordered ? `${at + 1}. ` : '- ';
        const lines = indent(body(item, ends, columns - start.length), start);
        const loose = item.length > 1 && at > 0;
        return loose ? ['', ...lines] : lines;
      });
    case 'quote':
      return body(one.blocks, ends, columns - 2).map((text) => `> ${text}`.trimEnd());
    case 'code':
      return one.text.split('\n').map((text) => (text === '' ? '' : `    ${text}`));
    case 'table':
      return table(one, ends);
    case 'facts':
      return one.entries.flatMap(({ term, blocks }) => [
        ...fold([...term, { kind: 'text', text: ':' }]),
        ...indent(body(blocks, ends, columns - 2), '  ', '  '),
      ]);
    case 'snippet':
      return snippet(one);
    case 'sources':
      for (const claim of one.claims) ends.claims.set(claim.id, claim);
      return [];
    case 'rule':
      return ['* * *'];
  }
}

function body(blocks: readonly Block[], ends: Ends, columns: number): string[] {
  return blocks
    .map((one) => ({ one, lines: block(one, ends, columns) }))
    .filter(({ lines }) => lines.length > 0)
    .flatMap(({ one, lines }, at) => {
      if (at === 0) return lines;
      return one.kind === 'heading' && one.level === 2 ? ['', '', ...lines] : ['', ...lines];
    });
}

function endings({ links, claims }: Ends): string[] {
  const sources = [...claims.values()].flatMap(({ id, url, status, sources: from }) => [
    '',
    `[${id}] ${status}, ${url}`,
    ...from.flatMap(({ title, url: at }) => [...wrap(title, '    '), ...(at === undefined ? [] : [`    ${at}`])]),
  ]);
  return [
    ...(sources.length === 0 ? [] : ['', '', ...underline('Claims and their sources', '-'), ...sources]),
    ...(links.length === 0
      ? []
      : ['', '', ...underline('Links', '-'), '', ...links.map((url, at) => `[${at + 1}] ${url}`)]),
  ];
}

/** The whole page. */
export function plainPage({ url, blocks }: Page): string {
  const ends: Ends = { links: [], claims: new Map() };
  const [heading, ...rest] = blocks;
  const isTitle = heading?.kind === 'heading' && heading.level === 1;
  const lines = [
    ...(isTitle ? [...body([heading], ends, COLUMNS), ''] : []),
    url,
    '',
    ...body(isTitle ? rest : blocks, ends, COLUMNS),
    ...endings(ends),
  ];
  return `${lines.join('\n').replace(/\n{4,}/g, '\n\n\n')}\n`;
}

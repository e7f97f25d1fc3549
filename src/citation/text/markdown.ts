/** A page as Markdown: links in place, claims linked by their marks, sources under their paragraph, snippets as code. */
import type { Block, Inline, Page } from './blocks.ts';

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, '\\$&');
}

/** Code keeps its backticks by a longer fence. */
function code(text: string): string {
  const fence = '`'.repeat(Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length)) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

function line(content: readonly Inline[]): string {
  return content
    .map((part): string => {
      switch (part.kind) {
        case 'text':
          return escaped(part.text);
        case 'code':
          return code(part.text);
        case 'mark':
          return ` [\\[${part.id}\\]](${part.url})`;
        case 'break':
          return '  \n';
        case 'link':
          return `[${line(part.content).trim()}](${part.url})`;
        case 'emphasis':
          return around(part.content, '*');
        default:
          return around(part.content, '**');
      }
    })
    .join('');
}

/** Emphasis must touch its words, so spaces move outside. */
function around(content: readonly Inline[], mark: string): string {
  const text = line(content);
  const inner = text.trim();
  if (inner === '') return text;
  return `${/^\s/.test(text) ? ' ' : ''}${mark}${inner}${mark}${/\s$/.test(text) ? ' ' : ''}`;
}

function flat(content: readonly Inline[]): string {
  return line(content)
    .replace(/[ \t]+/g, ' ')
    .trim();
}

function cell(content: readonly Inline[]): string {
  return flat(content).replaceAll('\n', ' ').replaceAll('|', '\\|');
}

function fenced(lines: readonly string[], language: string): string[] {
  const longest = Math.max(2, ...lines.flatMap((text) => /^`{3,}/.exec(text)?.[0].length ?? 0));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

function table({ caption, head, rows }: Extract<Block, { kind: 'table' }>): string[] {
  const count = Math.max(head.length, ...rows.map(({ length }) => length));
  const row = (cells: readonly (readonly Inline[])[]): string => {
    return `| ${Array.from({ length: count }, (_, at) => cell(cells[at] ?? [])).join(' | ')} |`;
  };
  return [
    ...(caption.length === 0 ? [] : [flat(caption), '']),
    row(head),
    `|${' --- |'.repeat(count)}`,
    ...rows.map(row),
  ];
}

function snippet({ id, title, lines, prints, attempts }: Extract<Block, { kind: 'snippet' }>): string[] {
  const source = lines.flatMap(({ code: text, result, owners, why }) => {
    const answer = result === undefined ? '' : `${text === '' ? '' : ' '}// → ${result}`;
    const about = [owners, why].filter((part) => part !== undefined && part !== '').join('; ');
    const indent = /^\s*/.exec(text)?.[0] ?? '';
    return [`${text}${answer}`, ...(about === '' ? [] : [`${indent}//   ${about}`])];
  });
  return [
    `**${code(id)}**${title === '' ? '' : `: ${escaped(title)}`}`,
    '',
    ...fenced(source, 'ts'),
    ...(prints.length === 0 ? [] : ['', 'It prints:', '', ...fenced(prints, '')]),
    ...(attempts.length === 0 ? [] : ['']),
    ...attempts.map(({ label, outcome, says }) => {
      return `- Try **${escaped(label)}**: ${outcome.map(code).join(', ')}${says === '' ? '' : `. ${escaped(says)}`}`;
    }),
  ];
}

function indented(lines: readonly string[], start: string): string[] {
  const rest = ' '.repeat(start.length);
  return lines.map((text, at) => (at === 0 ? `${start}${text}` : text === '' ? '' : `${rest}${text}`));
}

function block(one: Block): string[] {
  switch (one.kind) {
    case 'heading':
      return [`${'#'.repeat(one.level)} ${flat(one.content)}`];
    case 'paragraph':
      return flat(one.content).split('\n');
    case 'note':
      return [`> ${flat(one.content)}`];
    case 'list':
      return one.items.flatMap((item, at) => indented(body(item), one.ordered ? `${at + 1}. ` : '- '));
    case 'quote':
      return body(one.blocks).map((text) => `> ${text}`.trimEnd());
    case 'code':
      return fenced(one.text.split('\n'), one.language);
    case 'table':
      return table(one);
    case 'facts':
      return one.entries.flatMap(({ term, blocks }) => indented([`**${flat(term)}**`, '', ...body(blocks)], '- '));
    case 'snippet':
      return snippet(one);
    case 'sources':
      return one.claims.map(({ id, url, status, sources }) => {
        const from = sources.map(({ title, url: at }) =>
          at === undefined ? escaped(title) : `[${escaped(title)}](${at})`,
        );
        return `- [${id}](${url}), ${status}: ${from.join('; ')}`;
      });
    case 'rule':
      return ['---'];
  }
}

function body(blocks: readonly Block[]): string[] {
  return blocks
    .map(block)
    .filter(({ length }) => length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
}

/** The whole page. */
export function markdownPage({ url, blocks }: Page): string {
  const [heading, ...rest] = blocks;
  const isTitle = heading?.kind === 'heading' && heading.level === 1;
  const lines = [...(isTitle ? [...block(heading), ''] : []), `<${url}>`, '', ...body(isTitle ? rest : blocks)];
  return `${lines.join('\n')}\n`;
}

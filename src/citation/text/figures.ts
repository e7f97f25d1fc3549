/** The parts of a page that have a structure of their own: snippets, steppers, the sources of claims. */
import type { Attempt, Block, ClaimSource, CodeLine } from './blocks.ts';
import { all, attribute, first, flatText, type HtmlNode, hasClass, isTag, rawText } from './html.ts';

function one(node: HtmlNode, name: string): string | undefined {
  const found = first(node, (inner) => hasClass(inner, name));
  return found === undefined ? undefined : flatText(found);
}

/** `guest-ram [PP··]` for each object that the line touched. */
function ownersOf(line: HtmlNode): string {
  const gutter = first(line, (inner) => hasClass(inner, 'gut'));
  return (gutter?.children ?? [])
    .filter((child) => child.type === 'element')
    .map((child) => {
      const object = (attribute(child, 'title') ?? '').split(':')[0] ?? '';
      return `${object} [${rawText(child).replace(/\s+/g, ' ').trim()}]`.trim();
    })
    .join(' ');
}

function codeLine(line: HtmlNode): CodeLine {
  const code = first(line, (inner) => hasClass(inner, 'c'));
  const result = one(line, 'r');
  const why = one(line, 'why');
  return {
    number: one(line, 'n') ?? '',
    code: code === undefined ? '' : rawText(code).replace(/\s+$/, ''),
    owners: ownersOf(line),
    ...(result === undefined ? {} : { result: result.replace(/^→ /, '') }),
    ...(why === undefined ? {} : { why }),
  };
}

function attempt(item: HtmlNode): Attempt {
  return {
    label: flatText(first(item, (inner) => isTag(inner, 'button')) ?? item),
    outcome: all(item, (inner) => isTag(inner, 'samp')).map(flatText),
    says: one(item, 'says') ?? '',
  };
}

/** A snippet: its lines as the page shows them; what the page folds away (purpose, imports) stays away. */
export function readSnippet(figure: HtmlNode): Block {
  const part = attribute(figure, 'data-part');
  const lines = first(figure, (inner) => hasClass(inner, 'lines'));
  const shown = (lines?.children ?? []).filter((child) => hasClass(child, 'line'));
  const printed = first(figure, (inner) => hasClass(inner, 'out'));
  const tries = first(figure, (inner) => hasClass(inner, 'try'));
  return {
    kind: 'snippet',
    id: `${attribute(figure, 'data-snippet') ?? ''}${part === undefined ? '' : ` · ${part}`}`,
    title: one(figure, 'purpose') ?? '',
    lines: shown.map(codeLine),
    prints: printed === undefined ? [] : all(printed, (inner) => isTag(inner, 'samp')).map(flatText),
    attempts: tries === undefined ? [] : all(tries, (inner) => isTag(inner, 'li')).map(attempt),
  };
}

/** A stepper: its frames in order, each as the text that stands for the drawing. */
export function readStepper(figure: HtmlNode): Block[] {
  const caption = first(figure, (inner) => isTag(inner, 'figcaption'));
  const frames = all(figure, (inner) => isTag(inner, 'li')).map((frame) => {
    const paragraphs = all(frame, (inner) => isTag(inner, 'p')).map(flatText);
    const drawing = first(frame, (inner) => hasClass(inner, 'frame-text'));
    return [...paragraphs, ...(drawing === undefined ? [] : rawText(drawing).split('\n'))].join('\n');
  });
  return [
    ...(caption === undefined
      ? []
      : [{ kind: 'paragraph' as const, content: [{ kind: 'text' as const, text: flatText(caption) }] }]),
    { kind: 'code', text: frames.join('\n\n'), language: '' },
  ];
}

/** The sources of a paragraph's claims. `outside` makes an address that works elsewhere. */
export function readClaimSources(list: HtmlNode, outside: (link: string) => string): Block {
  const claims = all(list, (node) => attribute(node, 'data-source-of') !== undefined).map((item): ClaimSource => {
    const mark = first(item, (node) => hasClass(node, 'id'));
    const cited = all(item, (node) => {
      return attribute(node, 'title') !== undefined && (isTag(node, 'a') || hasClass(node, 'cited'));
    });
    return {
      id: attribute(item, 'data-source-of') ?? '',
      url: outside(attribute(mark ?? item, 'href') ?? ''),
      status: one(item, 'status') ?? '',
      sources: cited.map((source) => {
        const [title, link] = [attribute(source, 'title') ?? '', attribute(source, 'href')];
        return link === undefined ? { title } : { title, url: outside(link) };
      }),
    };
  });
  return { kind: 'sources', claims };
}

/** From the built HTML of a page to blocks. What only works on a screen (controls, drawings, menus) is left out. */
import { absolute, pathOf } from '../address.ts';
import type { Block, Inline, Page } from './blocks.ts';
import { readClaimSources, readSnippet, readStepper } from './figures.ts';
import { all, attribute, first, flatText, type HtmlNode, hasClass, isTag, parseHtml, rawText } from './html.ts';

const SKIPPED = [
  'script',
  'style',
  'template',
  'svg',
  'nav',
  'input',
  'noscript',
  'iframe',
  'textarea',
  'select',
  'output',
];
const BLOCKS = [
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'ul', 'ol', 'dl', 'blockquote', 'pre', 'table', 'figure', 'hr', 'div'],
  ...['section', 'article', 'aside', 'header', 'footer', 'main', 'details', 'summary', 'figcaption', 'li', 'caption'],
];

function isSkipped(node: HtmlNode): boolean {
  if (node.type !== 'element') return node.type !== 'text';
  if (SKIPPED.includes(node.tagName ?? '')) return true;
  if (isTag(node, 'button') && !hasClass(node, 'term')) return true;
  if (attribute(node, 'hidden') !== undefined || attribute(node, 'aria-hidden') === 'true') return true;
  if (attribute(node, 'data-form') === 'none' || hasClass(node, 'needs-js') || hasClass(node, 'self')) return true;
  return isTag(node, 'details') && (hasClass(node, 'toc') || hasClass(node, 'fold'));
}

function isBlock(node: HtmlNode): boolean {
  return node.type === 'element' && BLOCKS.includes(node.tagName ?? '');
}

function isNote(node: HtmlNode): boolean {
  return hasClass(node, 'note') && !isSkipped(node);
}

/** The address of a link for a reader elsewhere. */
function outside(link: string): string {
  const path = pathOf(link);
  return path === undefined ? link : absolute(path);
}

function inline(nodes: readonly HtmlNode[]): Inline[] {
  return nodes.flatMap((node): Inline[] => {
    if (node.type === 'text') return [{ kind: 'text', text: (node.value ?? '').replace(/\s+/g, ' ') }];
    if (isSkipped(node) || isNote(node)) return [];
    const children = node.children ?? [];
    if (isTag(node, 'br')) return [{ kind: 'break' }];
    if (isTag(node, 'sup') && hasClass(node, 'mark-of')) {
      const link = first(node, (inner) => isTag(inner, 'a'));
      return [{ kind: 'mark', id: flatText(node), url: outside(attribute(link ?? node, 'href') ?? '') }];
    }
    if (isTag(node, 'code', 'kbd', 'samp')) return [{ kind: 'code', text: flatText(node) }];
    if (isTag(node, 'em', 'i', 'cite')) return [{ kind: 'emphasis', content: inline(children) }];
    if (isTag(node, 'strong', 'b') && !hasClass(node, 'pg')) return [{ kind: 'strong', content: inline(children) }];
    if (isTag(node, 'a')) {
      const link = attribute(node, 'href') ?? '';
      if (link === '' || link.startsWith('#') || link.startsWith('mailto:')) return inline(children);
      return [{ kind: 'link', url: outside(link), content: inline(children) }];
    }
    // A block inside of a line, such as a cell that holds a list, is at least kept apart from what surrounds it.
    return isBlock(node)
      ? [{ kind: 'text', text: ' ' }, ...inline(children), { kind: 'text', text: ' ' }]
      : inline(children);
  });
}

function hasText(content: readonly Inline[]): boolean {
  return content.some((part) => {
    if (part.kind === 'text' || part.kind === 'code') return part.text.trim() !== '';
    return part.kind === 'mark' || ('content' in part && hasText(part.content));
  });
}

/** A paragraph, and after it the notes that stand in its margin. */
function paragraph(nodes: readonly HtmlNode[]): Block[] {
  const content = inline(nodes);
  const notes = nodes.flatMap((node) => (isNote(node) ? [node] : all(node, isNote)));
  return [
    ...(hasText(content) ? [{ kind: 'paragraph' as const, content }] : []),
    ...notes.map((note): Block => ({ kind: 'note', content: inline(note.children ?? []) })),
  ];
}

/** The line under a title: its links lead to other forms of the page and do not belong into this one. */
function metaLine(node: HtmlNode): Block[] {
  const texts = (of: HtmlNode): string[] => {
    if (isTag(of, 'a')) return [];
    return of.type === 'text' ? [of.value ?? ''] : (of.children ?? []).flatMap(texts);
  };
  const text = texts(node)
    .join('')
    .split('·')
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '');
  return text.length === 0 ? [] : [{ kind: 'paragraph', content: [{ kind: 'text', text: text.join(' · ') }] }];
}

function table(node: HtmlNode): Block {
  const caption = first(node, (inner) => isTag(inner, 'caption'));
  const rows = all(node, (inner) => isTag(inner, 'tr')).map((row) => all(row, (inner) => isTag(inner, 'th', 'td')));
  const isHead = (cells: readonly HtmlNode[]): boolean => cells.length > 0 && cells.every((cell) => isTag(cell, 'th'));
  const head = rows[0] !== undefined && isHead(rows[0]) ? rows[0] : [];
  const cell = (of: HtmlNode): Inline[] => inline(of.children ?? []);
  return {
    kind: 'table',
    caption: caption === undefined ? [] : inline(caption.children ?? []),
    head: head.map(cell),
    rows: rows.slice(head.length > 0 ? 1 : 0).map((cells) => cells.map(cell)),
  };
}

function facts(node: HtmlNode): Block {
  const entries: { term: Inline[]; blocks: Block[] }[] = [];
  for (const child of all(node, (inner) => isTag(inner, 'dt', 'dd'))) {
    if (isTag(child, 'dt')) entries.push({ term: inline(child.children ?? []), blocks: [] });
    else entries.at(-1)?.blocks.push(...blocks(child.children ?? []));
  }
  return { kind: 'facts', entries };
}

function element(node: HtmlNode): Block[] {
  const children = node.children ?? [];
  const level = /^h([1-6])$/.exec(node.tagName ?? '')?.[1];
  if (level !== undefined) return [{ kind: 'heading', level: Number(level), content: inline(children) }];
  if (hasClass(node, 'claim-sources')) return [readClaimSources(node, outside)];
  if (isTag(node, 'figure') && hasClass(node, 'snippet')) return [readSnippet(node)];
  if (isTag(node, 'figure') && hasClass(node, 'stepper')) return readStepper(node);
  switch (node.tagName) {
    case 'p':
      return hasClass(node, 'meta') ? metaLine(node) : paragraph(children);
    case 'ul':
    case 'ol': {
      const items = children.filter((child) => isTag(child, 'li') && !isSkipped(child));
      return [
        { kind: 'list', ordered: node.tagName === 'ol', items: items.map((item) => blocks(item.children ?? [])) },
      ];
    }
    case 'dl':
      return [facts(node)];
    case 'blockquote':
      return [{ kind: 'quote', blocks: blocks(children) }];
    case 'pre':
      return [
        { kind: 'code', text: rawText(node).replace(/\n+$/, ''), language: attribute(node, 'data-language') ?? '' },
      ];
    case 'table':
      return [table(node)];
    case 'hr':
      return [{ kind: 'rule' }];
    default:
      return blocks(children);
  }
}

/** The blocks of a container: what stands between two blocks is a paragraph. */
export function blocks(nodes: readonly HtmlNode[]): Block[] {
  const found: Block[] = [];
  let line: HtmlNode[] = [];
  const flush = (): void => {
    found.push(...paragraph(line));
    line = [];
  };
  for (const node of nodes) {
    if (node.type === 'text' || (node.type === 'element' && !isBlock(node))) {
      line.push(node);
      continue;
    }
    if (isSkipped(node)) continue;
    flush();
    found.push(...element(node));
  }
  flush();
  return found;
}

/** Reads the main part of a built page that stands at `path`. Errors: the page has no main element or no title. */
export function readPage(html: string, path: string): Page {
  const main = first(parseHtml(html), (node) => isTag(node, 'main'));
  const heading = main && first(main, (node) => isTag(node, 'h1'));
  if (main === undefined || heading === undefined) throw new Error(`${path} has no main element with an h1`);
  return { title: flatText(heading), url: absolute(path), blocks: blocks(main.children ?? []) };
}

/** Pictures as plain text: what a reader without eyes, without color or in a mail gets. One function for each kind. */
import type { DigestPicture, GraphPicture, PagesPicture, Picture, SequencePicture } from '../model/picture.ts';
import { epochsText } from './epochs.ts';
import { OWNERS } from './owners.ts';
import { tablesText } from './tables.ts';

/** One line for each object: its letters, then what changed, in words. */
export function pagesText({ rows }: PagesPicture): string[] {
  const width = Math.max(0, ...rows.map(({ label }) => label.length));
  return rows.map(({ label, cells }) => {
    const letters = cells
      .map(({ owner, note }) => (note?.startsWith('×') === true ? `${owner}${note} ` : owner))
      .join('');
    const changes = cells.flatMap(({ owner, note }, page) => {
      return note === undefined || note.startsWith('×') ? [] : [`page ${page}: ${named(note)} → ${OWNERS[owner].name}`];
    });
    return `${label.padEnd(width)}  [${letters.trim()}]${changes.length === 0 ? '' : `  ${changes.join(', ')}`}`;
  });
}

function named(note: string): string {
  return note in OWNERS ? OWNERS[note as keyof typeof OWNERS].name : note;
}

/** One line for each box, with the boxes that it refers to. */
export function graphText({ nodes, edges }: GraphPicture): string[] {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  return nodes.map(({ id, label, owner, lines }) => {
    const about = [...new Set([...(owner === undefined ? [] : [OWNERS[owner].name]), ...(lines ?? [])])];
    const to = edges
      .filter((edge) => edge.from === id)
      .map((edge) => `→ ${edge.label === undefined ? '' : `${edge.label} `}${labels.get(edge.to) ?? edge.to}`);
    return [`${label}${about.length === 0 ? '' : ` (${about.join(', ')})`}`, ...to].join(' ');
  });
}

/** One line for each message. */
export function sequenceText({ messages }: SequencePicture): string[] {
  return messages.map(
    ({ from, to, text, refused }) => `${from} → ${to}: ${text}${refused === true ? ' (refused)' : ''}`,
  );
}

/** One line for each step: what entered, and the digest after it. */
export function digestText({ start, steps }: DigestPicture): string[] {
  const lines = steps.map(({ label, lines: about, digest, refused }) => {
    const what = about.length === 0 ? label : `${label} (${about.join(', ')})`;
    if (refused !== undefined) return `+ ${what}: refused, ${refused}; the digest stays`;
    return digest === undefined ? `  ${what}` : `+ ${what} → ${digest}`;
  });
  return [start, ...lines];
}

/** The picture in lines of text, without its title. */
export function pictureText(picture: Picture): string[] {
  switch (picture.kind) {
    case 'digest':
      return digestText(picture);
    case 'epochs':
      return epochsText(picture);
    case 'pages':
      return pagesText(picture);
    case 'graph':
      return graphText(picture);
    case 'sequence':
      return sequenceText(picture);
    case 'tables':
      return tablesText(picture);
  }
}

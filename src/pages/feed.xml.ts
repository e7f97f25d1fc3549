/** Changes of the pages as an Atom feed: first versions, revisions, corrections of claims. */
import { getCollection } from 'astro:content';
import type { APIRoute } from 'astro';
import { absolute } from '../citation/address.ts';
import { catalogue } from '../citation/build.ts';
import { permalink } from '../citation/forms.ts';
import { escapeHtml } from '../citation/mdx.ts';

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly link: string;
  readonly date: string;
  readonly text: string;
}

function entryXml({ id, title, link, date, text }: Entry): string {
  return [
    '<entry>',
    `<id>${escapeHtml(id)}</id>`,
    `<title>${escapeHtml(title)}</title>`,
    `<link href="${escapeHtml(link)}"/>`,
    `<updated>${date}T00:00:00Z</updated>`,
    `<summary>${escapeHtml(text)}</summary>`,
    '</entry>',
  ].join('');
}

export const GET: APIRoute = async () => {
  const docs = await getCollection('docs');
  const pages = docs.flatMap(({ id, data }) =>
    data.changes.map(({ date, note }, index): Entry => {
      const link = absolute(`/${id}`);
      return { id: `${link}#${date}-${index}`, title: data.title, link, date, text: note };
    }),
  );
  const corrections = catalogue().claims.flatMap(({ id, corrections: all }) =>
    all.map(({ date, note }, index): Entry => {
      const link = permalink(id);
      return { id: `${link}#${date}-${index}`, title: `Claim ${id}, corrected`, link, date, text: note };
    }),
  );
  const entries = [...pages, ...corrections].sort((a, b) => {
    return a.date === b.date ? (a.id < b.id ? -1 : 1) : a.date < b.date ? 1 : -1;
  });
  const xml = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<id>${absolute('/feed.xml')}</id>`,
    '<title>Unmapped: changes and corrections</title>',
    '<author><name>Unmapped</name></author>',
    `<link href="${absolute('/')}"/>`,
    `<link rel="self" href="${absolute('/feed.xml')}"/>`,
    `<updated>${entries[0]?.date ?? '2026-11-20'}T00:00:00Z</updated>`,
    ...entries.map(entryXml),
    '</feed>',
    '',
  ].join('\n');
  return new Response(xml, { headers: { 'content-type': 'application/atom+xml; charset=utf-8' } });
};

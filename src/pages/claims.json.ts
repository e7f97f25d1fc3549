/**
 * Every claim as data, schema `unmapped-claims/1`. Fields of a claim: `id`, `url` (permanent), `text`, `status`,
 * `people`, `date` (of the first source), `sources` (`ref`, `kind`, `title`, `url`), `snippet`, `results` (its arrowed
 * lines), `page` (`url`, `title`, `section`), `since` (date of publication), `revised` (of its page), `corrections`,
 * `aliases` (ids that lead here). Fields may be added within a version; none changes its meaning or goes.
 */
import type { APIRoute } from 'astro';
import { absolute, isLocal } from '../citation/address.ts';
import { catalogue } from '../citation/build.ts';
import { permalink, sourceUrl } from '../citation/forms.ts';
import { STATUSES } from '../citation/types.ts';

export const GET: APIRoute = () => {
  const { claims, moved } = catalogue();
  const data = {
    schema: 'unmapped-claims/1',
    site: absolute('/'),
    ...(isLocal() ? { note: 'The addresses work only on the machine that serves this copy of the site.' } : {}),
    statuses: STATUSES,
    claims: claims.map((claim) => ({
      id: claim.id,
      url: permalink(claim.id),
      text: claim.text,
      status: claim.status,
      people: claim.people,
      date: claim.date,
      sources: claim.sources.map((source) => ({
        ref: source.ref,
        kind: source.kind,
        title: source.title,
        url: sourceUrl(source),
      })),
      snippet: claim.snippet,
      results: claim.shown,
      page: { url: absolute(`${claim.page.path}#${claim.id}`), title: claim.page.title, section: claim.section },
      since: claim.since,
      revised: claim.page.revised,
      corrections: claim.corrections,
      aliases: claim.aliases,
    })),
    superseded: moved,
  };
  return new Response(`${JSON.stringify(data, undefined, 1)}\n`, { headers: { 'content-type': 'application/json' } });
};

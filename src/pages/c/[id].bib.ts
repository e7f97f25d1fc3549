import type { APIRoute } from 'astro';
import { catalogue, claimById } from '../../citation/build.ts';
import { bibtexForm } from '../../citation/forms.ts';

export function getStaticPaths() {
  const { claims, moved } = catalogue();
  return [...claims.map(({ id }) => [id, id]), ...Object.entries(moved)].map(([id, now]) => ({
    params: { id },
    props: { now },
  }));
}

export const GET: APIRoute<{ now: string }> = ({ props }) =>
  new Response(bibtexForm(claimById(props.now)), {
    headers: { 'content-type': 'application/x-bibtex; charset=utf-8' },
  });

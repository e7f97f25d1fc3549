import type { APIRoute } from 'astro';
import { catalogue, claimById } from '../../citation/build.ts';
import { mailForm } from '../../citation/forms.ts';

export function getStaticPaths() {
  const { claims, moved } = catalogue();
  return [...claims.map(({ id }) => [id, id]), ...Object.entries(moved)].map(([id, now]) => ({
    params: { id },
    props: { now },
  }));
}

export const GET: APIRoute<{ now: string }> = ({ props }) =>
  new Response(mailForm(claimById(props.now)), { headers: { 'content-type': 'text/plain; charset=utf-8' } });

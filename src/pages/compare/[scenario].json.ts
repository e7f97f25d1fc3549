/** A scenario compiled, with the generations that it is asked of: what a run in the page fetches. */
import type { APIRoute } from 'astro';
import { comparison, type Scenario } from '../../components/compare/comparison.ts';
import { compile } from '../../snippet/compile.ts';

export function getStaticPaths() {
  return comparison().scenarios.map((scenario) => ({ params: { scenario: scenario.id }, props: { scenario } }));
}

export const GET: APIRoute<{ scenario: Scenario }> = ({ props: { scenario } }) => {
  const compiled = compile(`scenarios/${scenario.id}`, scenario.source);
  if (!('code' in compiled)) throw new Error(`${scenario.id}: ${compiled.message}`);
  const generations = comparison().designs.map(({ from: _, ...generation }) => generation);
  return new Response(JSON.stringify({ id: scenario.id, compiled, generations }));
};

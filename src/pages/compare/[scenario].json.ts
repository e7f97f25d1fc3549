/** A scenario compiled, with the generations that it is asked of: what a run in the page fetches. */
import type { APIRoute } from 'astro';
import { axes, axisOf, type Scenario } from '../../components/compare/comparison.ts';
import { compile } from '../../snippet/compile.ts';

export function getStaticPaths() {
  return axes().flatMap(({ scenarios }) =>
    scenarios.map((scenario) => ({ params: { scenario: scenario.id }, props: { scenario } })),
  );
}

export const GET: APIRoute<{ scenario: Scenario }> = ({ props: { scenario } }) => {
  const compiled = compile(`scenarios/${scenario.id}`, scenario.source);
  if (!('code' in compiled)) throw new Error(`${scenario.id}: ${compiled.message}`);
  const generations = axisOf(scenario).designs.map(({ from: _, ...generation }) => generation);
  return new Response(JSON.stringify({ id: scenario.id, compiled, generations }));
};

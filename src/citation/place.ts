/** Where things stand on the site: the anchor of a claim, the figure of the snippet that shows it. */
import { href } from './address.ts';
import { catalogue } from './build.ts';
import type { Claim } from './types.ts';

/** The anchor of a snippet's figure, as the figure itself is named. */
function figureAnchor(reference: string): string {
  return `s-${reference.replace('#', '-').replaceAll('/', '-')}`;
}

/** The claim in its page. */
export function claimPlace(claim: Claim): string {
  return href(`${claim.page.path}#${claim.id}`);
}

/** The figure that shows the claim: on its page if it stands there, else on the claim's own page. */
export function runPlace(claim: Claim): string | undefined {
  const { snippet, page } = claim;
  if (snippet === undefined) return undefined;
  const there = catalogue().pages.find(({ path }) => path === page.path)?.snippets ?? [];
  const shown = there.find((id) => id === snippet) ?? there.find((id) => id.startsWith(`${snippet}#`));
  return shown === undefined ? href(`/c/${claim.id}#${figureAnchor(snippet)}`) : `#${figureAnchor(shown)}`;
}

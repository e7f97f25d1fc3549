/** The "wrong?" link: a mail whose subject names the page or the claim. */

/** Where corrections go: `CORRECTIONS_MAIL`; unset, the mail opens without a recipient and the page says so. */
const address = process.env['CORRECTIONS_MAIL']?.trim() ?? '';

/** True when this build knows where corrections go. */
export const hasCorrectionsAddress = address !== '';

/** A mailto link for `id`: a claim's id or a page's path. */
export function wrongLink(id: string): string {
  return `mailto:${encodeURIComponent(address).replace(/%40/g, '@')}?subject=${encodeURIComponent(`Unmapped, wrong: ${id}`)}`;
}

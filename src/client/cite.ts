/**
 * What a page needs at once so that its claims can be cited: the key `c`, a press on a mark, the copy buttons. What
 * follows the first press is loaded then. Without this script a mark leads to its claim's page, which has every form.
 */

/**
 * Copies the text at `url`. The clipboard is given a promise at once, because browsers ask for it within the press. Where
 * there is no clipboard (a page served without TLS from another machine) the promise fails, and the reader is told.
 */
const copyFrom = async (url: string): Promise<void> => {
  const text = fetch(url).then(async (answer) => {
    if (!answer.ok) throw new Error(url);
    return new Blob([await answer.text()], { type: 'text/plain' });
  });
  // A failure is told once, by the clipboard.
  text.catch(() => {});
  return navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
};

const menu = () => import('./cite-menu.ts');

addEventListener('keydown', (event) => {
  const at = event.composedPath()[0] as HTMLElement;
  if (event.key !== 'c' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) return;
  const claim = document.querySelector<HTMLElement>(':is([data-claim]:has(:focus-visible), [data-claim]:hover)');
  if (claim === null) return;
  const { claim: id } = claim.dataset;
  const url = `${document.documentElement.dataset['base']}c/${id}`;
  const done = copyFrom(`${url}.txt`);
  menu().then(({ tell }) => tell(done, `claim ${id} as text for mail`, claim));
});

addEventListener('click', (event) => {
  const at = event.target as Element;
  const mark = at.closest<HTMLAnchorElement>('.claim .mark-of a');
  if (mark !== null && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    menu().then(({ open }) => open(mark, copyFrom));
  }
  const form = at.closest('[data-copy]')?.closest('figure');
  if (form) {
    const done = (async () => navigator.clipboard.writeText(form.querySelector('pre')?.textContent ?? ''))();
    menu().then(({ tell }) => tell(done, form.querySelector('b')?.textContent ?? ''));
  }
});

addEventListener('pointerover', (event) => {
  const term = (event.target as Element).closest<HTMLButtonElement>('.term');
  if (term !== null && event.pointerType === 'mouse') import('./term.ts').then(({ rest }) => rest(term));
});

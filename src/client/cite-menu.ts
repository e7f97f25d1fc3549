/** The menu of a claim's mark, and the sentence that says what was copied. Loaded at the first press. */
const said = document.createElement('output');
said.className = 'cite-said ui';
said.setAttribute('role', 'status');
document.body.append(said);

let timer = 0;

function say(text: string): void {
  clearTimeout(timer);
  // Emptied first, so that saying the same again is announced again.
  said.textContent = '';
  setTimeout(() => {
    said.textContent = text;
  }, 50);
  timer = window.setTimeout(() => {
    said.textContent = '';
  }, 4000);
}

/** Says that `what` was copied, or that it could not be. `claim` is marked for a moment. */
export function tell(done: Promise<void>, what: string, claim?: HTMLElement | null): void {
  done.then(
    () => {
      say(`Copied: ${what}`);
      claim?.classList.add('copied');
      setTimeout(() => claim?.classList.remove('copied'), 1500);
    },
    () => say(`Could not copy: ${what}`),
  );
}

function item(text: string, act: () => void, key?: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  if (key !== undefined) {
    const hint = document.createElement('kbd');
    hint.textContent = key;
    button.append(hint);
  }
  button.addEventListener('click', act);
  return button;
}

/** Opens the menu below a mark. Escape or a press elsewhere closes it, and the focus returns to the mark. */
export function open(mark: HTMLAnchorElement, copyFrom: (url: string) => Promise<void>): void {
  document.querySelector('.cite-menu')?.remove();
  const claim = mark.closest<HTMLElement>('[data-claim]');
  const id = claim?.dataset['claim'] ?? '';
  const menu = document.createElement('div');
  menu.className = 'cite-menu ui';
  menu.popover = 'auto';
  menu.setAttribute('role', 'group');
  menu.setAttribute('aria-label', `Cite claim ${id}`);
  const copy = (done: Promise<void>, form: string): void => {
    menu.hidePopover();
    tell(done, `claim ${id} ${form}`, claim);
  };
  const link = document.createElement('a');
  link.href = mark.href;
  link.textContent = `Claim ${id}`;
  menu.append(
    link,
    item('Copy link', () => copy(navigator.clipboard.writeText(permalink(mark)), 'as a link')),
    item('Copy text for mail', () => copy(copyFrom(`${mark.href}.txt`), 'as text for mail'), 'c'),
    item('Copy Markdown', () => copy(copyFrom(`${mark.href}.md`), 'as Markdown')),
    item('Copy BibTeX', () => copy(copyFrom(`${mark.href}.bib`), 'as BibTeX')),
  );
  mark.after(menu);
  menu.showPopover();
  const { left, bottom } = mark.getBoundingClientRect();
  const room = document.documentElement.clientWidth - menu.offsetWidth - 8;
  menu.style.left = `${scrollX + Math.max(8, Math.min(left, room))}px`;
  menu.style.top = `${scrollY + bottom + 4}px`;
  link.focus();
}

/** The permanent address: that of the site as it was built, wherever this copy is served. */
function permalink(mark: HTMLAnchorElement): string {
  const canonical = document.querySelector<HTMLLinkElement>('link[rel="canonical"]')?.href ?? location.href;
  return new URL(mark.getAttribute('href') ?? '', canonical).href;
}

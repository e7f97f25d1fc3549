/** Loads the search when the reader turns to it: by focus, by a press of `/`. */
const input = document.getElementById('find') as HTMLInputElement | null;

const load = (): void => void import('./search.ts');

input?.addEventListener('focus', load, { once: true });

addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || input === null) return;
  const target = event.composedPath()[0];
  if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)))
    return;
  event.preventDefault();
  input.focus();
});

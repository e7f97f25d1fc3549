/** Moves through the frames of a picture. All frames are in the page; one is shown. */

function frames(figure: HTMLElement): HTMLElement[] {
  return [...figure.querySelectorAll<HTMLElement>('.frames > li')];
}

/** Shows a frame, from 0. */
export function goTo(figure: HTMLElement, index: number): void {
  const all = frames(figure);
  const at = Math.max(0, Math.min(all.length - 1, index));
  figure.dataset['at'] = String(at);
  for (const [i, frame] of all.entries()) {
    frame.toggleAttribute('data-now', i === at);
  }
  const range = figure.querySelector('input');
  if (range) {
    range.value = String(at + 1);
    range.setAttribute('aria-valuetext', all[at]?.querySelector('.at')?.textContent ?? '');
  }
  // Not `disabled`: that would take the focus away from a reader who pressed the button.
  for (const button of figure.querySelectorAll<HTMLElement>('button[data-by]')) {
    const next = at + Number(button.dataset['by']);
    button.setAttribute('aria-disabled', String(next < 0 || next >= all.length));
  }
}

/** One frame on or back. */
export function step(figure: HTMLElement, by: number): void {
  goTo(figure, Number(figure.dataset['at'] ?? 0) + by);
}

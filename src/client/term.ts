/** A pointer that rests on a term opens its definition; leaving both closes it. A press does the same without this. */

const REST = 300;
const LEAVE = 200;

/** Opens the definition of `term` if the pointer is still there after a moment. */
export function rest(term: HTMLButtonElement): void {
  const definition = document.getElementById(term.getAttribute('popovertarget') ?? '');
  if (definition === null || definition.matches(':popover-open')) return;
  setTimeout(() => {
    if (!term.matches(':hover') || definition.matches(':popover-open')) return;
    (definition.showPopover as (options: { source: HTMLElement }) => void)({ source: term });
    watch(term, definition);
  }, REST);
}

function watch(term: HTMLButtonElement, definition: HTMLElement): void {
  const stop = new AbortController();
  const { signal } = stop;
  const leave = (): void => {
    setTimeout(() => {
      if (!term.matches(':hover') && !definition.matches(':hover')) definition.hidePopover();
    }, LEAVE);
  };
  // A press on the term that the pointer has just opened keeps it open.
  term.addEventListener('click', (event) => event.preventDefault(), { signal, once: true });
  term.addEventListener('pointerleave', leave, { signal });
  definition.addEventListener('pointerleave', leave, { signal });
  definition.addEventListener(
    'toggle',
    (event) => {
      if ((event as ToggleEvent).newState === 'closed') stop.abort();
    },
    { signal },
  );
}

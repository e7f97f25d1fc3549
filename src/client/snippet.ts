/**
 * The part of the snippets that every page loads: it waits for the first press and fetches the rest then. A link that
 * carries an edit and a draft from before a reload count as a press.
 */
const FIGURE = 'figure.snippet';

const panel = () => import('./panel.ts');

document.addEventListener('click', ({ target }) => {
  const button = (target as Element).closest<HTMLButtonElement>('button[data-action]');
  const figure = button?.closest<HTMLElement>('[data-snippet],[data-scenario]');
  if (!button || !figure) return;
  if (figure.dataset['scenario']) void import('./scenario.ts').then(({ runScenario }) => runScenario(figure));
  else if (figure.matches(FIGURE)) void panel().then(({ act }) => act(figure, button));
  else void import('./stepper.ts').then(({ step }) => step(figure, Number(button.dataset['by'])));
});

document.addEventListener('input', ({ target }) => {
  const range = target as HTMLInputElement;
  const figure = range.matches('.stepper input') && range.closest<HTMLElement>('figure');
  if (figure) void import('./stepper.ts').then(({ goTo }) => goTo(figure, Number(range.value) - 1));
});

const link = (): void => {
  if (location.hash.startsWith('#edit=')) void panel().then(({ openLink }) => openLink());
};
addEventListener('hashchange', link);
link();

try {
  if (sessionStorage.length > 0) {
    for (const figure of document.querySelectorAll<HTMLElement>(FIGURE)) {
      if (sessionStorage.getItem(`draft ${location.pathname} ${figure.id}`)) {
        void panel().then(({ restore }) => restore(figure));
      }
    }
  }
} catch {
  // Storage can be switched off: then there are no drafts.
}

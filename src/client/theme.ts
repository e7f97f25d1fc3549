/** The theme switch. The first paint is decided by the inline script of the layout; this only turns it. */
const root = document.documentElement;
const button = document.getElementById('theme');
const dark = matchMedia('(prefers-color-scheme: dark)');

const isDark = (): boolean => (root.dataset['theme'] ?? (dark.matches ? 'dark' : 'light')) === 'dark';
const show = (): void => button?.setAttribute('aria-pressed', String(isDark()));

button?.addEventListener('click', () => {
  const theme = isDark() ? 'light' : 'dark';
  root.dataset['theme'] = theme;
  try {
    localStorage.setItem('theme', theme);
  } catch {
    // Storage can be switched off; the choice then lasts for this page.
  }
  show();
});
dark.addEventListener('change', show);
show();

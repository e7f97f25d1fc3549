/** The editor of last resort: a text area. It needs nothing that could fail to load. */
import type { Editing, EditingHooks } from './editing.ts';

export function plainEditor(place: HTMLElement, text: string, hooks: EditingHooks): Editing {
  const area = document.createElement('textarea');
  area.value = text;
  area.spellcheck = false;
  area.setAttribute('aria-label', 'The code of this snippet');
  area.setAttribute('autocapitalize', 'off');
  area.setAttribute('autocomplete', 'off');
  const rows = (): void => {
    area.rows = Math.min(40, area.value.split('\n').length + 1);
  };
  rows();
  area.addEventListener('input', () => {
    rows();
    hooks.changed();
  });
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    hooks.run();
  });
  place.append(area);
  return {
    hint: 'The editor could not be loaded; this is a plain text field. Tab leaves it, Ctrl+Enter runs.',
    text: () => area.value,
    setText: (next) => {
      area.value = next;
      rows();
    },
    show: () => false,
    focus: () => area.focus(),
    remove: () => area.remove(),
  };
}

/** What the forms of the tools are made of, as trees: a labelled input, a choice, and the frame of an entry with its buttons. */
import { type Child, type Element, el } from '../pictures/tree.ts';

export type Option = readonly [value: string, name: string];

export function field(label: string, name: string, input: Element): Element {
  return el('label', { class: `f ${name}` }, el('span', {}, label), input);
}

export function text(name: string, value: string, placeholder = ''): Element {
  return el('input', {
    type: 'text',
    'data-field': name,
    value,
    placeholder,
    spellcheck: 'false',
    autocomplete: 'off',
  });
}

/** A choice; a value that is none of the options is added to them, so that the form never shows another one. */
export function select(name: string, value: string, options: readonly Option[]): Element {
  const known = options.some(([own]) => own === value) ? options : [...options, [value, value] as const];
  return el(
    'select',
    { 'data-field': name },
    known.map(([own, shown]) => el('option', { value: own, selected: own === value }, shown)),
  );
}

function button(action: string, name: string, label: string): Element {
  return el('button', { type: 'button', 'data-do': action, 'aria-label': label }, name);
}

/** The frame of an entry, counted from 0. */
export function entryRow(index: number, count: number, fields: readonly Child[]): Element {
  const number = index + 1;
  return el(
    'fieldset',
    { class: 'entry', 'data-entry': index },
    el('legend', {}, `Entry ${number}`),
    fields,
    el(
      'span',
      { class: 'acts' },
      index > 0 && button('up', '↑', `Move entry ${number} up`),
      index < count - 1 && button('down', '↓', `Move entry ${number} down`),
      button('remove', 'Remove', `Remove entry ${number}`),
    ),
  );
}

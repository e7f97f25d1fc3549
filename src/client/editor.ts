/**
 * The editor: CodeMirror in a shadow root (in the document it would violate the page's policy for styles), with the answers
 * of a run beside their lines. Loaded by the first press of Edit.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { typescriptLanguage } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, lineNumbers, WidgetType } from '@codemirror/view';
import { tagHighlighter, tags } from '@lezer/highlight';
import { gutter } from '../pictures/owners.ts';
import { el, type Tree } from '../pictures/tree.ts';
import type { Answer } from '../snippet/protocol.ts';
import { toDom } from './dom.ts';
import type { Editing, EditingHooks } from './editing.ts';

/** The same five kinds that the build colors. */
const colors = tagHighlighter([
  {
    tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.operatorKeyword],
    class: 't-k',
  },
  { tag: [tags.string, tags.special(tags.string)], class: 't-s' },
  { tag: [tags.number, tags.bool, tags.null], class: 't-n' },
  { tag: tags.comment, class: 't-c' },
  { tag: tags.typeName, class: 't-t' },
]);

class Beside extends WidgetType {
  private readonly tree: Tree;

  constructor(tree: Tree) {
    super();
    this.tree = tree;
  }

  override eq(other: Beside): boolean {
    return JSON.stringify(this.tree) === JSON.stringify(other.tree);
  }

  override toDOM(): HTMLElement {
    return toDom(this.tree) as HTMLElement;
  }

  override get estimatedHeight(): number {
    return -1;
  }
}

const setAnswers = StateEffect.define<Answer | undefined>();

const ARROW = /\/\/ → (.*)$/;

function decorations(state: EditorState, answer: Answer): DecorationSet {
  const { result } = answer;
  const marks = [];
  const at = (number: number) => state.doc.line(Math.min(Math.max(1, number), state.doc.lines));
  for (const { line: number, text, why, owners } of result.lines) {
    const line = at(number);
    const arrow = ARROW.exec(line.text);
    const agrees = arrow?.[1]?.trim() === text;
    if (arrow) {
      const mark = Decoration.mark({ class: agrees ? 'agrees' : 'lies' });
      marks.push(mark.range(line.from + arrow.index, line.to));
    }
    const said = el(
      'span',
      { class: 'beside' },
      gutter(owners),
      !agrees && el('span', { class: 'r', 'data-line': number }, `→ ${text}`),
    );
    marks.push(Decoration.widget({ widget: new Beside(said), side: 1 }).range(line.to));
    if (why !== undefined) {
      const below = new Beside(el('div', { class: 'why' }, why));
      marks.push(Decoration.widget({ widget: below, side: 2, block: true }).range(line.to));
    }
  }
  const { error } = result;
  if (error?.line !== undefined) {
    const line = at(error.line);
    marks.push(Decoration.line({ class: 'wrong' }).range(line.from));
    const below = new Beside(el('div', { class: 'why bad' }, error.message));
    marks.push(Decoration.widget({ widget: below, side: 3, block: true }).range(line.to));
  }
  return Decoration.set(marks, true);
}

const answers = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setAnswers)) return effect.value ? decorations(transaction.state, effect.value) : Decoration.none;
    }
    return value.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Type, space and inks as in the listing; the rules for boxes, answers and colors are taken from the page's style sheet. */
const LOOK = `
:host { display: block; }
* { box-sizing: border-box; }
.cm-editor { background: transparent; color: var(--ink); }
.cm-editor.cm-focused { outline: 2px solid var(--focus); outline-offset: -2px; }
.cm-scroller { font: 0.74rem/1.72 var(--mono) !important; font-variant-ligatures: none; }
.cm-content { caret-color: var(--ink); padding: 0.5rem 0; }
.cm-line { padding: 0 0.8rem 0 0.4rem; }
.cm-editor .cm-gutters { background: transparent; border: 0; color: var(--ink-2); font-size: 0.62rem; padding-left: 0.4rem; }
.cm-lineNumbers .cm-gutterElement { line-height: 2.05; text-align: left; padding: 0 0.4rem; }
.cm-content ::selection, .cm-line::selection { background: color-mix(in srgb, var(--link) 28%, transparent); }
.cm-matchingBracket { background: color-mix(in srgb, var(--link) 16%, transparent); }
.t-c { font-style: italic; }
.agrees, .agrees * { color: var(--result) !important; font-style: normal !important; }
.lies, .lies * { color: var(--ink-2) !important; text-decoration: line-through; }
.beside { display: inline-flex; gap: 0.7rem; align-items: center; padding-left: 1.2rem; vertical-align: middle; }
.beside .r { font-weight: 600; }
.gut, .gut > span { display: inline-flex; gap: 2px; align-items: center; }
.gut:empty { display: none; }
.gut i { font: 0.6rem/1 var(--mono); color: var(--ink-2); }
.why { font: 0.7rem/1.4 var(--sans); color: var(--ink-2); padding: 0 0.8rem 0.2rem 2.4ch; white-space: normal; }
.why.bad { color: var(--x); }
.wrong { background: color-mix(in srgb, var(--x) 9%, transparent); }
`;

/** The page's own rules for what also appears in the editor, so that they are written once. */
function shared(): string {
  let text = '';
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule instanceof CSSStyleRule && /^\.(pg|t-|r\b)/.test(rule.selectorText)) text += rule.cssText;
    }
  }
  return text;
}

export function codeEditor(place: HTMLElement, text: string, hooks: EditingHooks): Editing {
  const host = document.createElement('div');
  place.append(host);
  const root = host.attachShadow({ mode: 'open' });
  const look = new CSSStyleSheet();
  look.replaceSync(shared() + LOOK);
  const run = (): boolean => {
    hooks.run();
    return true;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        indentOnInput(),
        bracketMatching(),
        syntaxHighlighting(colors),
        typescriptLanguage,
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'The code of this snippet', spellcheck: 'false' }),
        keymap.of([{ key: 'Mod-Enter', run }, indentWithTab, ...defaultKeymap, ...historyKeymap]),
        answers,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) hooks.changed();
        }),
      ],
    }),
  });
  root.adoptedStyleSheets.push(look);
  return {
    hint: 'Tab indents. To leave the editor press Escape, then Tab. Ctrl+Enter (⌘+Enter) runs.',
    text: () => view.state.doc.toString(),
    setText: (next) => {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    show: (answer) => {
      view.dispatch({ effects: setAnswers.of(answer) });
      return true;
    },
    focus: () => view.focus(),
    remove: () => view.destroy(),
  };
}

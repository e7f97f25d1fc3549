/** A snippet at work: run, stop, edit, try a prepared break, reset, copy, share. Loaded by the first press. */
import type { Answer, Job } from '../snippet/protocol.ts';
import { type Draft, keepDraft, loadDraft } from './drafts.ts';
import type { Editing } from './editing.ts';
import type { SnippetFile } from './file.ts';
import { fetchText, type Parts, type Run, start, warm } from './sandbox.ts';
import { pack, unpack } from './share.ts';
import { View } from './view.ts';

const panels = new WeakMap<HTMLElement, Panel>();

function panelOf(figure: HTMLElement): Panel {
  const known = panels.get(figure) ?? new Panel(figure);
  panels.set(figure, known);
  return known;
}

const OFFLINE = 'This could not be fetched; check the connection and press again.';
const FOREIGN =
  'This code came with the link: it is not the site’s, and it was not run. Read it, then press Run if you want to; it runs in a sandbox without network or storage.';
const RESTORED = 'Your edit from before is still here. It was not run again.';

class Panel {
  private readonly figure: HTMLElement;
  private readonly view: View;
  private fetched: SnippetFile | undefined;
  private editing: Editing | undefined;
  private running: Run | undefined;
  /** The text in place of the site's own. */
  private text: string | undefined;
  private foreign = false;
  /** A draft that a link pushed aside. */
  private aside: Draft | undefined;
  private late = 0;

  constructor(figure: HTMLElement) {
    this.figure = figure;
    this.view = new View(figure);
  }

  async act(action: string, button: HTMLButtonElement): Promise<void> {
    try {
      if (action === 'run') await this.run();
      else if (action === 'stop') this.running?.stop();
      else if (action === 'edit') await this.edit();
      else if (action === 'reset') this.reset();
      else if (action === 'copy') await this.copy();
      else if (action === 'share') await this.share();
      else if (action === 'try') await this.tryBreak(button);
      else if (action === 'draft') await this.back();
    } catch {
      this.view.state('failed', OFFLINE);
    }
  }

  private async file(): Promise<SnippetFile> {
    this.fetched ??= JSON.parse(await fetchText(this.data('file'))) as SnippetFile;
    return this.fetched;
  }

  private data(name: string): string {
    return this.figure.dataset[name] ?? '';
  }

  private parts(): Parts {
    return { sandbox: this.data('sandbox'), library: this.data('library'), compiler: this.data('compiler') };
  }

  /** The text that Run runs: the edit, or the site's own. */
  private async current(): Promise<string> {
    return this.editing?.text() ?? this.text ?? (await this.file()).source;
  }

  private async job(): Promise<Job> {
    const file = await this.file();
    const text = await this.current();
    const prepared = [file, ...file.breaks].find((one) => one.source === text);
    return prepared ? { kind: 'compiled', compiled: prepared.compiled } : { kind: 'source', id: file.id, source: text };
  }

  private async run(): Promise<void> {
    if (this.running) return;
    const job = this.job();
    const run = start(job, this.parts());
    this.running = run;
    this.control('run', 'stop', 'Stop');
    this.view.state('running', 'running');
    const answer = await run.answer;
    if (this.running !== run) return;
    this.idle();
    await job;
    await this.show(answer);
  }

  private idle(): void {
    this.running = undefined;
    if (this.figure.querySelector('.bar [data-action="stop"]')) this.control('stop', 'run', 'Run');
  }

  private async show(answer: Answer): Promise<void> {
    const file = await this.file();
    const text = await this.current();
    const own = text === file.source;
    const { result } = answer;
    if (this.editing?.show(answer) !== true) this.view.listing(text, answer, file.source, this.figure.dataset['part']);
    this.view.printed(result, !own);
    if (!own) {
      this.view.ended(result, `${ended(result)} · edited`);
      this.button('reset').hidden = false;
      return;
    }
    const steps = `${result.steps} ${result.steps === 1 ? 'step' : 'steps'}`;
    const same = this.view.asBaked(result);
    this.view.ended(result, `${ended(result)} · ${steps} · ${same ? 'as baked' : 'not as baked'}`);
    this.button('reset').hidden = same && !this.editing;
  }

  private async edit(): Promise<void> {
    if (!this.editing) {
      await this.open(await this.current());
      void warm(this.parts());
    }
    this.editing?.focus();
  }

  /** Opens the editor with a text. What cannot be loaded is replaced by a plain text field. */
  private async open(text: string): Promise<void> {
    if (this.editing) {
      this.editing.setText(text);
      this.changed();
      return;
    }
    const place = document.createElement('div');
    place.className = 'editor';
    this.figure.querySelector('.lines')?.before(place);
    const hooks = { changed: () => this.changed(), run: () => void this.run() };
    try {
      const { codeEditor } = await import('./editor.ts');
      this.editing = codeEditor(place, text, hooks);
      this.view.hideLines(true);
    } catch {
      const { plainEditor } = await import('./plain.ts');
      this.editing = plainEditor(place, text, hooks);
    }
    this.button('edit').setAttribute('aria-pressed', 'true');
    this.button('reset').hidden = false;
    this.hint(this.editing.hint, 'keys');
  }

  private changed(): void {
    this.editing?.show(undefined);
    this.press(undefined);
    this.view.state('baked', 'edited · not run');
    clearTimeout(this.late);
    this.late = window.setTimeout(() => this.keep(), 250);
  }

  private keep(): void {
    if (this.editing) keepDraft(this.figure.id, { text: this.editing.text(), foreign: this.foreign });
  }

  private reset(): void {
    const run = this.running;
    this.idle();
    run?.stop();
    clearTimeout(this.late);
    const focused = document.activeElement === this.button('reset');
    this.editing?.remove();
    this.figure.querySelector('.editor')?.remove();
    this.editing = undefined;
    this.text = undefined;
    this.foreign = false;
    keepDraft(this.figure.id, undefined);
    // A link's edit is gone as well: a reload must not bring it back.
    if (location.hash.startsWith('#edit=')) history.replaceState(history.state, '', `#${this.figure.id}`);
    this.view.hideLines(false);
    this.view.reset();
    this.press(undefined);
    this.button('edit').removeAttribute('aria-pressed');
    for (const hint of this.figure.querySelectorAll('.hint')) hint.remove();
    if (focused) this.button('run').focus();
    this.button('reset').hidden = true;
  }

  private async tryBreak(button: HTMLButtonElement): Promise<void> {
    if (button.getAttribute('aria-pressed') === 'true') return this.reset();
    const file = await this.file();
    const found = file.breaks.find((one) => one.id === button.dataset['break']);
    if (!found || this.running) return;
    this.text = found.source;
    this.editing?.setText(found.source);
    this.press(button);
    await this.run();
  }

  private press(pressed: HTMLButtonElement | undefined): void {
    for (const one of this.figure.querySelectorAll('[data-break]')) {
      one.setAttribute('aria-pressed', String(one === pressed));
    }
  }

  private async copy(): Promise<void> {
    await navigator.clipboard.writeText(await this.current());
    this.flash('copy', 'Copied');
  }

  private async share(): Promise<void> {
    const text = await this.current();
    const own = text === (await this.file()).source;
    let fragment = `#${this.figure.id}`;
    try {
      if (!own) fragment = await pack(this.figure.id, text);
    } catch {
      this.hint('This edit is too large for a link. Copy it instead.', 'link');
      return;
    }
    history.replaceState(history.state, '', fragment);
    try {
      await navigator.clipboard.writeText(location.href);
      this.flash('share', 'Link copied');
    } catch {
      this.hint('The link is in the address bar; this browser does not let it be copied from here.', 'link');
    }
  }

  /** An edit that came with a link. It is shown, never run. */
  async foreignEdit(text: string): Promise<void> {
    const kept = loadDraft(this.figure.id);
    // The link in the address bar may be the reader's own, from before a reload.
    if (kept?.text === text && !kept.foreign) return this.restore();
    if (kept && !kept.foreign) this.aside = kept;
    await this.open(text);
    this.foreign = true;
    this.keep();
    this.view.state('baked', 'from a link · not run');
    this.hint(FOREIGN, 'foreign', this.aside && 'Back to my own edit');
    this.figure.scrollIntoView();
  }

  async restore(): Promise<void> {
    const draft = loadDraft(this.figure.id);
    if (!draft || this.editing) return;
    await this.open(draft.text);
    this.foreign = draft.foreign;
    this.view.state('baked', draft.foreign ? 'from a link · not run' : 'edited · not run');
    this.hint(draft.foreign ? FOREIGN : RESTORED, draft.foreign ? 'foreign' : 'restored');
  }

  /** Back from a link's text to the reader's own. */
  private async back(): Promise<void> {
    if (!this.aside) return;
    this.foreign = false;
    await this.open(this.aside.text);
    this.aside = undefined;
    this.figure.querySelector('.hint.foreign')?.remove();
  }

  /** A sentence below the bar; one of each kind. */
  hint(words: string, kind: string, action?: string): void {
    this.figure.querySelector(`.hint.${kind}`)?.remove();
    const hint = document.createElement('p');
    hint.className = `hint ${kind}`;
    hint.setAttribute('role', 'status');
    hint.textContent = words;
    if (action !== undefined) {
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset['action'] = 'draft';
      button.textContent = action;
      hint.append(' ', button);
    }
    this.figure.querySelector('.bar')?.after(hint);
  }

  private button(action: string): HTMLButtonElement {
    return this.figure.querySelector(`.bar [data-action="${action}"]`) as HTMLButtonElement;
  }

  private control(from: string, to: string, words: string): void {
    const button = this.button(from);
    button.dataset['action'] = to;
    button.textContent = words;
  }

  /** Says on a button that it did its work, for a moment. */
  private flash(action: string, words: string): void {
    const button = this.button(action);
    const before = button.dataset['words'] ?? button.textContent ?? '';
    button.dataset['words'] = before;
    button.textContent = words;
    this.view.say(words);
    setTimeout(() => {
      button.textContent = before;
    }, 1500);
  }
}

function ended({ state, error }: Answer['result']): string {
  if (state === 'done') return 'ran here';
  if (error?.kind === 'syntax') return 'does not parse';
  return state === 'stopped' ? 'stopped' : 'failed';
}

/** A press of one of a figure's buttons. */
export function act(figure: HTMLElement, button: HTMLButtonElement): Promise<void> {
  return panelOf(figure).act(button.dataset['action'] ?? '', button);
}

/** Puts a draft from before a reload back into its editor. */
export function restore(figure: HTMLElement): Promise<void> {
  return panelOf(figure).restore();
}

/** Opens the edit that the address carries, or says why it cannot be opened. */
export async function openLink(): Promise<void> {
  const link = await unpack(location.hash);
  const named = link.figure === undefined ? null : document.getElementById(link.figure);
  const figure = named?.matches('figure.snippet') ? named : document.querySelector<HTMLElement>('figure.snippet');
  if (!figure) return;
  if ('text' in link && figure === named) return panelOf(figure).foreignEdit(link.text);
  const problem = 'problem' in link ? link.problem : 'This link carries an edit of a snippet that is not on this page.';
  panelOf(figure).hint(problem, 'link');
  figure.scrollIntoView();
}

/** What the panel asks of an editor, be it CodeMirror or a plain text area. */
import type { Answer } from '../snippet/protocol.ts';

export interface Editing {
  readonly hint: string;
  text(): string;
  setText(text: string): void;
  /** Puts answers beside their lines; undefined takes them away. True if it could. */
  show(answer: Answer | undefined): boolean;
  focus(): void;
  remove(): void;
}

export interface EditingHooks {
  /** The reader changed the text. */
  changed(): void;
  /** The reader asked for a run from the keyboard. */
  run(): void;
}

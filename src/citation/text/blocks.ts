/** A page as blocks of text: what its plain text and its Markdown are written from. */

/** A piece of a line. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'emphasis' | 'strong'; readonly content: readonly Inline[] }
  | { readonly kind: 'link'; readonly url: string; readonly content: readonly Inline[] }
  /** The mark of a claim. */
  | { readonly kind: 'mark'; readonly id: string; readonly url: string }
  | { readonly kind: 'break' };

/** A line of a snippet. */
export interface CodeLine {
  readonly number: string;
  readonly code: string;
  /** Who owns what after it: `guest-ram [PP··]`. */
  readonly owners: string;
  readonly result?: string;
  readonly why?: string;
}

/** A prepared edit of a snippet. */
export interface Attempt {
  readonly label: string;
  readonly outcome: readonly string[];
  readonly says: string;
}

/** What supports a claim. */
export interface ClaimSource {
  readonly id: string;
  readonly url: string;
  readonly status: string;
  readonly sources: readonly { readonly title: string; readonly url?: string }[];
}

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly content: readonly Inline[] }
  | { readonly kind: 'paragraph' | 'note'; readonly content: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'code'; readonly text: string; readonly language: string }
  | {
      readonly kind: 'table';
      readonly caption: readonly Inline[];
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | {
      readonly kind: 'facts';
      readonly entries: readonly { readonly term: readonly Inline[]; readonly blocks: readonly Block[] }[];
    }
  | {
      readonly kind: 'snippet';
      readonly id: string;
      readonly title: string;
      readonly lines: readonly CodeLine[];
      readonly prints: readonly string[];
      readonly attempts: readonly Attempt[];
    }
  | { readonly kind: 'sources'; readonly claims: readonly ClaimSource[] }
  | { readonly kind: 'rule' };

/** A page. */
export interface Page {
  readonly title: string;
  /** Absolute address. */
  readonly url: string;
  readonly blocks: readonly Block[];
}

/** Inline content as text alone. */
export function plainInline(content: readonly Inline[]): string {
  return content
    .map((part): string => {
      switch (part.kind) {
        case 'text':
        case 'code':
          return part.text;
        case 'mark':
          return ` [${part.id}]`;
        case 'break':
          return ' ';
        default:
          return plainInline(part.content);
      }
    })
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}

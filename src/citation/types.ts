/** Claims, sources and terms as data. Everything here is plain JSON: it is written to `.cache/claims.json`. */

import type { TimelineEvent } from './timeline.ts';

/** How far a claim is supported, in the order in which the legend names them, each with what it means. */
export const STATUSES = {
  posted: 'stated in a patch or a message; a posting, not a release',
  merged: 'in a released kernel, by the commit that is named',
  argued: 'one side of a discussion, put as its author put it',
  recorded: 'seen on a running kernel and written down',
  'source-read': 'read in the source code or the document that is named',
  modelled: "shown by this site's model, which leaves things out",
  unverified: 'not verified: no source was opened that confirms it',
} as const;

/** How a claim is supported. */
export type Status = keyof typeof STATUSES;

/** The status as it is printed. */
export function statusText(status: Status): string {
  return status.replace('-', ' ');
}

/** A message of a mailing list. */
export interface Message {
  /** ISO date of the header. */
  readonly date: string;
  readonly from: string;
  readonly subject: string;
  /** The digest it belongs to. */
  readonly thread?: string | null;
  readonly in_reply_to?: string | null;
}

/** Kinds of source that `content/records/sources.json` may hold. */
export const SOURCE_KINDS = ['man', 'file', 'commit', 'article', 'spec', 'recording', 'facts'] as const;

/** A source that is not a message. */
export interface SourceRecord {
  readonly kind: (typeof SOURCE_KINDS)[number];
  readonly title: string;
  readonly author?: string;
  readonly date?: string;
  readonly url?: string;
  readonly version?: string;
  readonly note?: string;
}

/** An entry of the glossary. */
export interface GlossaryEntry {
  readonly id: string;
  readonly term: string;
  /** The definition, one or two sentences. */
  readonly short: string;
  readonly from: readonly string[];
  /** Path of the page that explains it. */
  readonly page?: string;
}

/** A source reference, resolved: what a reader sees and where it leads. */
export interface Cited {
  /** As written: `msg:<Message-ID>`, `commit:<hash>`, `src:<key>`, `rec:<name>`. */
  readonly ref: string;
  readonly kind: 'message' | 'recording' | SourceRecord['kind'];
  /** The word that the link carries beside a claim: `message`, `commit`, `man page`. */
  readonly word: string;
  /** One line without the address: who, what, when, which version. */
  readonly title: string;
  readonly people: readonly string[];
  readonly date?: string;
  readonly version?: string;
  /** Address outside of this site. */
  readonly url?: string;
  /** Path on this site, from the root. */
  readonly path?: string;
  readonly note?: string;
}

/** A line of a snippet with what it evaluates to, as its arrow states and the build has checked. */
export interface Shown {
  readonly code: string;
  readonly result: string;
}

/** Something about a claim that was put right, or an earlier address of it. */
export interface Correction {
  readonly date: string;
  readonly note: string;
}

/** A sentence that can be cited. */
export interface Claim {
  readonly id: string;
  /** Plain text, one line. */
  readonly text: string;
  /** The same as inline HTML. */
  readonly html: string;
  /** The same as Markdown. */
  readonly markdown: string;
  readonly status: Status;
  readonly sources: readonly Cited[];
  /** Who said it: from the first source that has people. */
  readonly people: readonly string[];
  /** When: from the first source that has a date. */
  readonly date?: string;
  /** The snippet that shows it. */
  readonly snippet?: string;
  /** The arrowed lines of that snippet. */
  readonly shown: readonly Shown[];
  readonly page: PageRef;
  /** The heading under which it stands; absent before the first one. */
  readonly section?: string;
  /** The date on which the id was published; absent before that. */
  readonly since?: string;
  readonly corrections: readonly Correction[];
  /** Ids that lead here because this claim took their place. */
  readonly aliases: readonly string[];
  readonly file: string;
  readonly line: number;
}

/** A page, as far as citations need it. */
export interface PageRef {
  /** Path from the root of the site: `/history/a-seal-for-guests`. */
  readonly path: string;
  readonly title: string;
  /** ISO date. */
  readonly revised: string;
}

/** What one page uses. */
export interface PageUse extends PageRef {
  readonly summary: string;
  readonly claims: readonly string[];
  readonly terms: readonly string[];
  /** Ids of snippets in their order; `id#part` where only a part is shown. */
  readonly snippets: readonly string[];
  /** References of claims, of `<Msg>` and of `<Source>`. */
  readonly refs: readonly string[];
}

/** Everything the pages need to know. */
export interface Catalogue {
  readonly claims: readonly Claim[];
  readonly pages: readonly PageUse[];
  readonly glossary: readonly (GlossaryEntry & {
    readonly sources: readonly Cited[];
    readonly usedOn: readonly PageRef[];
  })[];
  /** Every source that a page or a term cites, with where. */
  readonly bibliography: readonly (Cited & {
    readonly pages: readonly PageRef[];
    readonly claims: readonly string[];
  })[];
  /** Dated events, oldest first. */
  readonly timeline: readonly TimelineEvent[];
  /** Superseded id to the id that took its place. */
  readonly moved: Readonly<Record<string, string>>;
}

/**
 * Pictures as data: cells, owners, labels, edges; never markup. They cross the sandbox's port as JSON, and one function
 * each turns them into SVG and into text.
 */
import type { Owner } from './trace.ts';

/** Pages of one or more objects as a grid of owned cells, before and after a step. */
export interface PagesPicture {
  readonly kind: 'pages';
  readonly title: string;
  readonly rows: readonly {
    readonly label: string;
    readonly cells: readonly { readonly owner: Owner; readonly note?: string }[];
  }[];
}

/** Boxes and arrows: who refers to whom (descriptor → open file → inode; process → mapping → page). */
export interface GraphPicture {
  readonly kind: 'graph';
  readonly title: string;
  /** `column` orders boxes from left to right; boxes of one column stand below each other in order. */
  readonly nodes: readonly {
    readonly id: string;
    readonly label: string;
    readonly column: number;
    readonly owner?: Owner;
    readonly lines?: readonly string[];
  }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label?: string }[];
}

/** Who called whom, in order of time. */
export interface SequencePicture {
  readonly kind: 'sequence';
  readonly title: string;
  readonly actors: readonly string[];
  readonly messages: readonly {
    readonly from: string;
    readonly to: string;
    readonly text: string;
    readonly refused?: boolean;
  }[];
}

/** A digest that grows: what enters it, step by step, and what it is after each. */
export interface DigestPicture {
  readonly kind: 'digest';
  readonly title: string;
  /** The digest before the first step, as it is printed. */
  readonly start: string;
  readonly steps: readonly {
    /** What enters: `NORMAL 0x1000`. */
    readonly label: string;
    readonly lines: readonly string[];
    /** The digest after it; absent where steps are left out of the drawing. */
    readonly digest?: string;
    /** The status of a step that was refused: the digest stays. */
    readonly refused?: string;
  }[];
}

/**
 * Tables beside each other, with arrows from row to row: page tables and what they lead to. A row may carry an owner, and a
 * mark where it changed since the picture before, or where something was refused.
 */
export interface TablesPicture {
  readonly kind: 'tables';
  readonly title: string;
  /** From left to right. */
  readonly tables: readonly {
    readonly label: string;
    readonly columns: readonly string[];
    readonly rows: readonly {
      /** What edges refer to. */
      readonly id?: string;
      readonly owner?: Owner;
      /** One text for each column. */
      readonly cells: readonly string[];
      readonly mark?: 'changed' | 'refused';
    }[];
  }[];
  /** Arrows from row to row, by id; one whose row is not there is not drawn. */
  readonly edges?: readonly { readonly from: string; readonly to: string; readonly refused?: boolean }[];
}

/**
 * Epochs from top to bottom: what happened, the epoch after it, and who was inside. A lane carries the epoch in which its
 * virtual CPU entered, for as long as it stays.
 */
export interface EpochsPicture {
  readonly kind: 'epochs';
  readonly title: string;
  /** One for each virtual CPU, from left to right. */
  readonly lanes: readonly string[];
  readonly events: readonly {
    readonly text: string;
    readonly epoch: number;
    readonly refused?: boolean;
    /** For each lane the epoch in which it entered; 0 while it is outside. */
    readonly inside: readonly number[];
  }[];
}

export type Picture = DigestPicture | EpochsPicture | PagesPicture | GraphPicture | SequencePicture | TablesPicture;

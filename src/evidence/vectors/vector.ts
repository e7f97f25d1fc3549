/** A vector: one question to a model with the answer that something else gave to it. */

/** One field of an answer, both sides as text. */
export interface ComparedField {
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

export interface VectorReport {
  /** What the vector asks, in one line of our own words. */
  readonly title: string;
  /** Every field that was compared. */
  readonly fields: readonly ComparedField[];
  /** One line each: field, expected, found. Empty where all agree. */
  readonly disagreements: readonly string[];
  /** Where the expected answer comes from, if the file says so: programs with their versions, documents, reports, with a semicolon between. */
  readonly source?: string;
  /** False where the expected answer was read in a text and no program gave it. */
  readonly executed: boolean;
}

/** The sources that a report names, one by one. */
export const sourcesOf = (source: string | undefined): string[] => source?.split('; ') ?? [];

/** Characters of answers that fit into a row of a table; a vector that says more has a page of its own. */
const ROW = 700;

/** True where the answers of a vector are shown on a page of their own. */
export function hasPage(fields: readonly ComparedField[]): boolean {
  return fields.reduce((sum, { field, expected }) => sum + field.length + expected.length, 0) > ROW;
}

/** The vectors of one schema. */
export interface VectorSchema {
  /** Page of the score that they belong to: `snp_rmp`. */
  readonly subject: string;
  /**
   * The vectors of an item. `file` is its path, for companions. An item that is not of the schema throws CannotReplay.
   */
  read(item: { readonly [field: string]: unknown }, file: string): readonly Vector[];
}

export interface Vector {
  readonly name: string;
  run(): VectorReport;
}

/** Compares field by field; fields are texts, `undefined` where a side has none. */
export function compareFields(
  fields: readonly {
    readonly field: string;
    readonly expected: string | undefined;
    readonly found: string | undefined;
  }[],
): Pick<VectorReport, 'fields' | 'disagreements'> {
  const compared = fields.map(({ field, expected = '(none)', found = '(none)' }) => ({ field, expected, found }));
  const disagreements = compared
    .filter(({ expected, found }) => expected !== found)
    .map(({ field, expected, found }) => `${field}: expected ${expected}, found ${found}`);
  return { fields: compared, disagreements };
}

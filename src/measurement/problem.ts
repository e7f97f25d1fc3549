/** Input that cannot be used. The message is for the person who wrote it: which entry, what is wrong, what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** The entry that it is about, counted from 0; undefined where it is about the input as a whole. */
  readonly entry: number | undefined;

  constructor(message: string, entry?: number) {
    super(message);
    this.entry = entry;
  }
}

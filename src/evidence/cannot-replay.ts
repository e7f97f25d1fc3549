/** The file cannot be replayed; the message is for a person and names neither the file nor its place. */
export class CannotReplay extends Error {
  override readonly name = 'CannotReplay';
}

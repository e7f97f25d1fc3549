/** Text in lines of at most 72 columns, the width that kernel mailing lists read. */

/** Columns of a line of plain text. */
export const COLUMNS = 72;

/**
 * Breaks text between words into lines of at most `columns` characters; a word that is longer, such as an address,
 * stands on a line of its own. `first` begins the first line and `rest` every other one; both count.
 */
export function wrap(text: string, first = '', rest = first, columns = COLUMNS): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    if (!empty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  if (!empty || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

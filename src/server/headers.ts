/**
 * The `_headers` file of static hosts: a path with at most one `*` at its end, below it indented headers; `! Name` takes
 * a header away that an earlier rule set. Every matching rule applies, in the order of the file.
 */

export interface HeaderRule {
  /** `/*`, `/lib/*`, `/sandbox.html`. */
  readonly path: string;
  readonly changes: readonly { readonly name: string; readonly value: string | undefined }[];
}

/** Reads `_headers`. Errors: a header before any path, a line that is neither. */
export function parseHeaders(text: string): HeaderRule[] {
  const rules: { path: string; changes: { name: string; value: string | undefined }[] }[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    if (line.startsWith('/')) {
      rules.push({ path: line.trim(), changes: [] });
      return;
    }
    const rule = rules.at(-1);
    const detached = /^\s+!\s*(\S+)\s*$/.exec(line)?.[1];
    const set = /^\s+([^\s:]+):\s*(.*)$/.exec(line);
    if (rule === undefined || (detached === undefined && set === null)) {
      throw new Error(`_headers, line ${index + 1}: expected a path or a header, found "${line.trim()}"`);
    }
    if (detached !== undefined) rule.changes.push({ name: detached.toLowerCase(), value: undefined });
    else if (set !== null) rule.changes.push({ name: (set[1] ?? '').toLowerCase(), value: (set[2] ?? '').trim() });
  });
  return rules;
}

const matches = (rule: string, path: string): boolean =>
  rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : rule === path;

/** The headers of `path`; two rules that set one header are joined with a comma, as hosts do. */
export function headersFor(rules: readonly HeaderRule[], path: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const rule of rules) {
    if (!matches(rule.path, path)) continue;
    for (const { name, value } of rule.changes) {
      if (value === undefined) headers.delete(name);
      else headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
    }
  }
  return headers;
}

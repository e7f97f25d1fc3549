/** The worked example: a firmware that is measured, its variables that are not, and memory for the start. */
export const EXAMPLE = {
  regions: [
    { gpa: '0xffffc000', nr_pages: 4, measure: true, source: { gen: 'sha256ctr', seed: 'firmware' } },
    { gpa: '0xffffa000', nr_pages: 2, measure: false, source: { gen: 'sha256ctr', seed: 'variables' } },
    { gpa: '0x810000', nr_pages: 2, measure: false, source: { gen: 'zero' } },
  ],
};

export const CALLS_EXAMPLE = {
  calls: [
    { call: 'MEM.PAGE.ADD', gpa: '0x1000', page: { gen: 'ramp', start: 1, step: 3 } },
    { call: 'MR.EXTEND', gpa: '0x1000', count: 16, stride: '0x100' },
    { call: 'MEM.PAGE.ADD', gpa: '0x2000', page: { gen: 'zero' } },
    { call: 'MR.EXTEND', gpa: '0x2000', count: 16, stride: '0x100' },
    { call: 'MR.FINALIZE' },
  ],
};

/** JSON as the page writes it: an entry on a line of its own, so that a person can edit it. */
export function listText(value: unknown): string {
  const one = (item: unknown): string => JSON.stringify(item).replaceAll(/([,:])(?=["[{\dtfn])/g, '$1 ');
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[\n${value.map((item) => ` ${one(item)}`).join(',\n')}\n]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, item]) =>
    Array.isArray(item) && item.length > 0
      ? ` "${name}": [\n${item.map((entry) => `  ${one(entry)}`).join(',\n')}\n ]`
      : ` "${name}": ${one(item)}`,
  );
  return `{\n${fields.join(',\n')}\n}`;
}

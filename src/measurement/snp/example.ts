/** The launch that the page shows before anybody has written one: every page type once. */
export const EXAMPLE: readonly Readonly<Record<string, unknown>>[] = [
  { gpa: '0xfffff000', page_type: 'NORMAL', data: { kind: 'text-repeat', ascii: 'firmware ' } },
  { gpa: '0x800000', page_type: 'ZERO', length: '0x3000' },
  { gpa: '0x803000', page_type: 'UNMEASURED', data: { kind: 'repeat', byte: '0x11' } },
  { gpa: '0x80d000', page_type: 'SECRETS' },
  { gpa: '0x80e000', page_type: 'CPUID' },
  { gpa: '0xfffffffff000', page_type: 'VMSA', data: { kind: 'sparse', patches: [{ offset: '0x3b0', hex: '01' }] } },
];

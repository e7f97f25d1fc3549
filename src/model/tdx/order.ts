/** The two orders of calls in which programs build a TD, or compute what it will measure; they give different MRTDs. */

export type CallOrder = 'interleaved' | 'two-pass';

export const ORDERS: Readonly<
  Record<CallOrder, { readonly title: string; readonly what: string; readonly used: readonly string[] }>
> = {
  interleaved: {
    title: 'page by page',
    what: 'each page is added and its 16 chunks are measured before the next page is added',
    used: [
      'Linux 6.16.1 (KVM_TDX_INIT_MEM_REGION, source read)',
      'QEMU from version 9 on, by dstack’s account; one such ioctl for each section (source read)',
      'td-shim’s two tools (125eeab58f69, run)',
      'Google’s gce-tcb-verifier (74582c078997, run)',
      'Microsoft’s igvm (e6c3ff1c34c3, run)',
      'dstack-mr in its single-pass mode (312dc605ebaa, run)',
    ],
  },
  'two-pass': {
    title: 'adds first',
    what: 'all pages of a section are added, then all its chunks are measured',
    used: [
      'Oak’s tdx_measurement (578b95116bac, run)',
      'Contrast’s tdx-measure (3dba937d7314 and a55a200b1afa, run)',
      'dstack-mr in its two-pass mode, for QEMU 8 (312dc605ebaa, run)',
    ],
  },
};

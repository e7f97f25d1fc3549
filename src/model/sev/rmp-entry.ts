/**
 * One entry of the reverse map table: who owns a 4 KiB page of system memory, at which guest physical address, and what
 * each privilege level of the guest may do there. AMD APM vol. 2, 15.36.3 to 15.36.7, read through public notes
 * (freelancer-leon/notes, arch/amd/sev/apm-sev.md); layout in arch/x86/virt/svm/sev.c, Linux 6.16.1.
 */

/** `RMP.PageSize`: arch/x86/include/asm/sev.h, Linux 6.16.1. */
export const RMP_PG_SIZE_4K = 0;
export const RMP_PG_SIZE_2M = 1;
export type RmpPageSize = typeof RMP_PG_SIZE_4K | typeof RMP_PG_SIZE_2M;

/** 4 KiB pages in a 2 MiB one. */
export const REGION = 512;
/** Bytes of a 2 MiB page. */
export const REGION_BYTES = 0x20_0000;

/** Bits of a permission mask: read, write, execute at CPL 3, execute at CPL 0 to 2, supervisor shadow stack. */
export const VMPL_READ = 1;
export const VMPL_WRITE = 2;
export const VMPL_EXEC_USER = 4;
export const VMPL_EXEC_SUPERVISOR = 8;
export const VMPL_SSS = 16;
/** What VMPL0 gets when a page is assigned. The shadow stack bit counts only where it is enabled, and is left out. */
export const VMPL_ALL = VMPL_READ | VMPL_WRITE | VMPL_EXEC_USER | VMPL_EXEC_SUPERVISOR;

/** Four masks, VMPL0 first. */
export type Permissions = readonly [number, number, number, number];

export interface RmpEntry {
  /** 0: the hypervisor's. 1: a guest's, or the firmware's where `asid` is 0. */
  readonly assigned: 0 | 1;
  readonly page_size: RmpPageSize;
  /** 1: no instruction of the processor changes the entry; the firmware does. */
  readonly immutable: 0 | 1;
  /** Guest physical address in bytes at which alone the page may appear. */
  readonly gpa: number;
  /** The owner among guests; 0 is no guest. */
  readonly asid: number;
  /** 1: the page may be used as register save area of a virtual processor. */
  readonly vmsa: 0 | 1;
  /** 1: the guest has accepted the page. */
  readonly validated: 0 | 1;
  readonly permissions: Permissions;
}

export const NO_PERMISSIONS: Permissions = [0, 0, 0, 0];

/** A page of the hypervisor: every field 0. */
export const HYPERVISOR_ENTRY: RmpEntry = {
  assigned: 0,
  page_size: RMP_PG_SIZE_4K,
  immutable: 0,
  gpa: 0,
  asid: 0,
  vmsa: 0,
  validated: 0,
  permissions: NO_PERMISSIONS,
};

const LETTERS = ['R', 'W', 'Xu', 'Xs', 'Sss'];

/** `RWXuXs`, or `none`. */
export function permissionText(mask: number): string {
  const text = LETTERS.filter((_letter, bit) => (mask & (1 << bit)) !== 0).join('');
  return text === '' ? 'none' : text;
}

/** A mask with one level's permissions replaced. */
export function withPermission(permissions: Permissions, vmpl: number, mask: number): Permissions {
  return permissions.map((own, level) => (level === vmpl ? mask : own)) as unknown as Permissions;
}

import type { Kernel, NotReadRule, Rules } from './kernel.ts';

/** Thrown for a kernel, or a rule of a kernel, whose source was not read: no guess is made. */
export class NotRead extends Error {
  override readonly name = 'NotRead';
}

/** Throws where mm/memfd.c of this kernel was not read. */
export function memfdRead(kernel: Kernel): void {
  if (kernel.memfd === false) throw new NotRead(`${kernel.name}: mm/memfd.c was not read.`);
}

/** A rule of this kernel, which the answer at hand depends on. */
export function rule<K extends keyof Rules>(kernel: Kernel, key: K): Exclude<Rules[K], NotReadRule> {
  const value = kernel.rules[key];
  if (value === 'not read') throw new NotRead(`${kernel.name}: what decides here (${key}) was not read.`);
  return value as Exclude<Rules[K], NotReadRule>;
}

/** A step and the kernel's answer in one line, for the terminal. */
import type { Answer, Step } from '../trace.ts';

/** Lines of a step; those of a child are indented. */
export function stepText({ op, args, child, result }: Step): string[] {
  const shown = Object.entries(args).map(([key, value]) => `${key}=${String(value)}`);
  return [
    `${op}(${shown.join(' ')}) → ${answerText(result)}`,
    ...(child ?? []).flatMap((step) => stepText(step).map((line) => `  ${line}`)),
  ];
}

function answerText({ ok, ret, value, data, errno, signal }: Answer): string {
  if (!ok) return errno === undefined ? String(signal) : `-${errno}`;
  if (value !== undefined) return String(value);
  const bytes = data === undefined ? '' : ` ${data.map(([byte, count]) => `${byte}×${count}`).join(' ')}`;
  return `${ret}${bytes}`;
}

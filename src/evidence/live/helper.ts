/** The helper program: compiled with the system's C compiler into a temporary folder, and asked over its standard streams. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Decoded, decode, encode, HelperDied, type Question } from './protocol.ts';

const SOURCE = fileURLToPath(new URL('./helper/main.c', import.meta.url));

/** Why there is no helper. */
export class NoHelper extends Error {
  override readonly name = 'NoHelper';
}

/** The running kernel, asked through the helper. `close` ends the helper and removes what was compiled. */
export class LiveKernel {
  readonly #folder: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: { done: (lines: string[]) => void; fail: (error: Error) => void }[] = [];
  #lines: string[] = [];
  #rest = '';

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'unmapped-live-'));
    const program = join(this.#folder, 'helper');
    const made = spawnSync('cc', ['-O1', '-o', program, SOURCE], { encoding: 'utf8' });
    if (made.error !== undefined || made.status !== 0) {
      rmSync(this.#folder, { recursive: true, force: true });
      throw new NoHelper(
        made.error === undefined ? `cc could not compile the helper:\n${made.stderr}` : 'there is no cc',
      );
    }
    this.#child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.setEncoding('utf8');
    this.#child.stdout.on('data', (text: string) => this.#hear(text));
    this.#child.on('exit', (code) => {
      for (const { fail } of this.#waiting.splice(0)) fail(new HelperDied(`the helper ended with ${code}`));
    });
    this.#child.stdin.on('error', () => {});
  }

  /** Makes the calls of one sequence in a fresh process. Several may be asked for before the first has answered. */
  async run(steps: readonly Question[]): Promise<Decoded> {
    const text = encode(steps);
    const lines = await new Promise<string[]>((done, fail) => {
      if (this.#child.exitCode !== null) return fail(new HelperDied('the helper has ended'));
      this.#waiting.push({ done, fail });
      this.#child.stdin.write(`seq ${Buffer.byteLength(text)}\n${text}`);
    });
    return decode(steps, lines);
  }

  close(): void {
    this.#child.stdin.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '.') {
        this.#lines.push(line);
        continue;
      }
      this.#waiting.shift()?.done(this.#lines);
      this.#lines = [];
    }
  }
}

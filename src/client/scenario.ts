/** Runs one cell of the comparison in the sandbox and holds its answers against those that the build computed. */
import type { Compiled, Generation } from '../snippet/types.ts';
import { fetchText, start } from './sandbox.ts';

const OFFLINE = 'This could not be fetched; check the connection and press again.';

interface File {
  readonly compiled: Compiled;
  readonly generations: readonly Generation[];
}

export async function runScenario(place: HTMLElement): Promise<void> {
  const data = (name: string): string => place.dataset[name] ?? '';
  const state = place.querySelector('.state') as HTMLOutputElement;
  const say = (kind: string, words: string): void => {
    place.dataset['state'] = kind;
    state.textContent = words;
  };
  if (data('state') === 'running') return;
  say('running', 'running');
  try {
    const file = JSON.parse(await fetchText(data('file'))) as File;
    const generation = file.generations.find(({ id }) => id === data('generation'));
    if (!generation) throw new Error('no such generation');
    const job = Promise.resolve({ kind: 'scenario', compiled: file.compiled, generation } as const);
    const parts = { sandbox: data('sandbox'), library: data('library'), compiler: '' };
    const { result, column } = await start(job, parts).answer;
    const shown = [...place.querySelectorAll('.r')].map((one) => one.textContent);
    const same = column?.answers.map(({ text }) => `→ ${text}`).join('\n') === shown.join('\n');
    if (column)
      say(result.state, same ? 'ran here · as computed by the build' : 'ran here · not as computed by the build');
    else say('failed', result.error?.message ?? 'The scenario gave no answers.');
  } catch {
    say('failed', OFFLINE);
  }
}

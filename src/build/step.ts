/** A step of the build, timed; a failing one prints what it has to say and ends the build. */

/** What a step reports, in a few words: `34 snippets`. */
export type Report = string | undefined;

export interface Step {
  readonly name: string;
  run(): Report | Promise<Report>;
}

/** Runs the steps in order and prints a line for each. Returns false after the first that failed. */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  for (const step of steps) {
    const start = performance.now();
    try {
      const report = await step.run();
      const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
      console.log(`${seconds} s  ${step.name}${report ? `: ${report}` : ''}`);
    } catch (error) {
      console.error(`\n${step.name} failed\n${error instanceof Error ? error.message : String(error)}`);
      if (process.env['UNMAPPED_STACK']) console.error(error);
      return false;
    }
  }
  return true;
}

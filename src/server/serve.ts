/** `npm run serve`: serves the built site on http://localhost:4321, or on the port that PORT names. */
import { base } from '../citation/address.ts';
import { startServer } from './server.ts';

const port = Number(process.env['PORT'] || 4321);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error(`PORT must be a number from 1 to 65535; found "${process.env['PORT']}"`);
  process.exit(1);
}
try {
  await startServer({ root: process.env['UNMAPPED_OUT'] || 'dist', port });
  console.log(`Unmapped stands at http://localhost:${port}${base()}/ (Ctrl-C ends it)`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

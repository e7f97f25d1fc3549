/** The pages, by Astro. */
import { readdirSync } from 'node:fs';
import { build } from 'astro';
import { OUT } from '../settings.ts';

export async function buildPages(): Promise<string> {
  process.env['ASTRO_TELEMETRY_DISABLED'] = '1';
  await build({ outDir: OUT, logLevel: 'warn' });
  const pages = readdirSync(OUT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
  return `${pages.length} pages`;
}

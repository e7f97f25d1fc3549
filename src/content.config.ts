import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { z } from 'astro/zod';

/** YAML reads `2026-11-20` as a date; the site keeps dates as the text that stands in the file. */
const isoDate = z
  .union([z.date().transform((date) => date.toISOString().slice(0, 10)), z.string()])
  .pipe(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date such as 2026-11-20'));

const docs = defineCollection({
  loader: glob({ base: './content/docs', pattern: '**/*.mdx' }),
  schema: z.strictObject({
    title: z.string(),
    /** The question that the people of that time had: it stands under the title. */
    question: z.string().optional(),
    /** One or two sentences: the meta description. */
    summary: z.string().min(40).max(320),
    /** Year shown in the navigation of the history; chapters are sorted by year, then by order. */
    year: z.number().int().optional(),
    order: z.number().optional(),
    /** The line under the title: what was posted or merged, when, and what became of it. */
    meta: z.string().optional(),
    revised: isoDate,
    changes: z.array(z.strictObject({ date: isoDate, note: z.string() })).min(1),
  }),
});

export const collections = { docs };

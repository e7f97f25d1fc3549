/** Every schema of vectors that a model answers for. */
import type { VectorSchema } from './vector.ts';

export const VECTORS: Readonly<Record<string, VectorSchema>> = {};

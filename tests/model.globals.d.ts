/** What the models may use beside the language itself, because Node, workers and pages have it alike. */
interface TextEncoder {
  encode(text: string): Uint8Array;
}
declare const TextEncoder: { new (): TextEncoder };
interface TextDecoder {
  decode(bytes: Uint8Array): string;
}
declare const TextDecoder: { new (encoding?: string): TextDecoder };

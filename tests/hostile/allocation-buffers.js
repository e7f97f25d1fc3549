// Buffers without end, each one touched.
// ends: memory
const kept = [];
for (;;) kept.push(new Uint8Array(64 * 1024 * 1024).fill(1));

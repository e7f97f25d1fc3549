// Wants to go on after it has ended.
// ends: done
// prints: ways found: 0
let found = 0;
const ways = [
  () => setTimeout(() => console.log('later'), 0),
  () => setInterval(() => console.log('later'), 1),
  () => queueMicrotask(() => console.log('later')),
  () => requestAnimationFrame(() => console.log('later')),
  () => requestIdleCallback(() => console.log('later')),
  () => scheduler.postTask(() => console.log('later')),
  () => addEventListener('message', () => console.log('later')),
  () => new FinalizationRegistry(() => console.log('later')),
  () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100_000),
];
for (const way of ways) {
  try {
    way();
    found++;
  } catch {
    // As it should be.
  }
}
console.log(`ways found: ${found}`);

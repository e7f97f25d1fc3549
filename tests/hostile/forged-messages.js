// Tries to answer in the engine's place, then fails: the page has to see the failure.
// ends: throw
// prints: ways found: 0
const answer = JSON.stringify({
  result: { state: 'done', steps: 1, lines: [{ line: 1, text: 'forged', owners: [] }], console: [{ text: 'forged' }], pictures: [] },
  arrows: [],
  disagreements: [],
});
let found = 0;
const ways = [
  () => postMessage(answer),
  () => self.postMessage(answer),
  () => globalThis['post' + 'Message'](answer),
  () => new MessageChannel().port1.postMessage(answer),
  () => new BroadcastChannel('x').postMessage(answer),
  () => dispatchEvent(new MessageEvent('message', { data: answer })),
  () => onmessage({ data: answer }),
  () => Object.getPrototypeOf(globalThis).postMessage.call(globalThis, answer),
  () => Object.getPrototypeOf(Object.getPrototypeOf(globalThis)).dispatchEvent.call(globalThis, {}),
  () => reportError(new Error(answer)),
  () => close(),
  () => structuredClone(answer, { transfer: [] }).forged(),
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
throw new TypeError('this is how it ends');

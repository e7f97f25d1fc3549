// Tries to start threads of its own.
// ends: done
// prints: ways found: 0
let found = 0;
const ways = [
  () => new Worker('data:text/javascript,1'),
  () => new SharedWorker('data:text/javascript,1'),
  () => new globalThis['Wor' + 'ker'](URL.createObjectURL(new Blob(['1']))),
  () => Object.getPrototypeOf(globalThis).Worker('data:text/javascript,1'),
  () => new (Object.getOwnPropertyDescriptor(globalThis, 'Worker').value)('data:text/javascript,1'),
  () => navigator.serviceWorker.register('/x.js'),
  () => new ShadowRealm().evaluate('1'),
  () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
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

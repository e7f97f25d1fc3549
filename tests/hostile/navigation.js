// Tries to take the reader elsewhere, or to reach what is around it.
// ends: done
// prints: ways found: 0
let found = 0;
const ways = [
  () => (top.location = '%THERE%/hostile?top'),
  () => parent.postMessage('x', '*'),
  () => (window.location = '%THERE%/hostile?window'),
  () => location.assign('%THERE%/hostile?location'),
  () => open('%THERE%/hostile?open'),
  () => document.body.append('x'),
  () => self.close(),
  () => history.back(),
  () => opener.location,
  () => frames[0],
  () => alert(1),
  () => globalThis.clients.openWindow('%THERE%/hostile?clients'),
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

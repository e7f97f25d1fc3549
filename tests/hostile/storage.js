// Looks for something to keep or to read.
// ends: done
// prints: ways found: 0
let found = 0;
const ways = [
  () => localStorage.setItem('hostile', '1'),
  () => sessionStorage.setItem('hostile', '1'),
  () => indexedDB.open('hostile'),
  () => caches.open('hostile'),
  () => cookieStore.set('hostile', '1'),
  () => (document.cookie = 'hostile=1'),
  () => navigator.storage.getDirectory(),
  () => navigator.locks.request('x', () => {}),
  () => new BroadcastChannel('hostile'),
  () => crypto.randomUUID(),
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

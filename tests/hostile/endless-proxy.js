// An object that has ever more keys, and a text of a gigabyte where its form is asked for.
// ends: steps|memory|throw|output|done
const endless = new Proxy({}, {
  ownKeys() {
    const keys = [];
    for (let i = 0; ; i++) keys.push(`k${i}`);
  },
});
console.log(endless);
console.log({ show: () => 'x'.repeat(500_000_000) });

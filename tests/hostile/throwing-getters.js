// Prints objects that throw when they are looked at.
// ends: done
// prints: after all
const nasty = {
  get a() {
    throw new Error('do not look');
  },
  toString() {
    throw 'nor at this';
  },
  get constructor() {
    throw null;
  },
  get show() {
    throw undefined;
  },
  get [Symbol.toPrimitive]() {
    throw new TypeError('nor at that');
  },
};
console.log(nasty, [nasty], new Map([[nasty, nasty]]));
nasty;
const revoked = Proxy.revocable({}, {});
revoked.revoke();
console.log(revoked.proxy);
console.log('after all');

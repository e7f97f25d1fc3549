// Puts fields on every object, among them those of an answer.
// ends: done|throw
for (const [key, value] of Object.entries({ state: 'done', why: 'poisoned', error: { kind: 'time', message: 'poisoned' }, line: 1, owners: [['P', 1]], then: undefined, job: {}, kind: 'stop' })) {
  Object.defineProperty(Object.prototype, key, { get: () => value, set() {}, configurable: true });
}
1 + 1;
throw new RangeError('the end');

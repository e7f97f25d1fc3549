// Small objects without end.
// ends: steps|memory
const kept = [];
for (;;) kept.push({ a: kept.length, b: `x${kept.length}`, c: [1, 2, 3] });

// Memory by way of functions that do not look as if they took any.
// ends: memory|throw|steps|time|sandbox
const kept = [];
const long = 'a'.repeat(50_000_000);
for (;;) kept.push(long.split(''), [...long], Object.entries(long), JSON.stringify(kept));

// One call into the language that takes for ever.
// ends: time|memory|throw
const list = Array.from({ length: 3_000_000 }, (_, i) => i);
list.sort(() => 0.5);
for (;;) list.indexOf(-1);

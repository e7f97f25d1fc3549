// Calls into the language that take long: few steps, much time.
// ends: time
const list = new Array(8_000_000).fill(0);
for (;;) list.lastIndexOf(1);

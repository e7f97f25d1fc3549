// Prints lines of megabytes.
// ends: output|memory
const line = 'x'.repeat(5_000_000);
for (;;) console.log(line, line, line);

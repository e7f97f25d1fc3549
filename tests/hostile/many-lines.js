// Prints a million lines.
// ends: output
for (let i = 0; i < 1_000_000; i++) console.log(i);

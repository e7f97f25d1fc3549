// A generator without end, spread into an array by the language itself.
// ends: steps
function* numbers() {
  for (;;) yield 1;
}
const all = [...numbers()];
all.length;

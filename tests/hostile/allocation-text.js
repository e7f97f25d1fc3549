// A text that doubles.
// ends: memory|throw|steps
let text = 'x';
for (;;) text += text;

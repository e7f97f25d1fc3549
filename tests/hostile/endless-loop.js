// A loop that never ends.
// ends: steps
for (;;) {}

// An await that hands control to a loop of the snippet's own.
// ends: steps
await {
  then() {
    for (;;) {}
  },
};

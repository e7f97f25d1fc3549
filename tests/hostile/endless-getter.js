// The loop stands where the engine reads a value, not where the snippet runs.
// ends: steps
const value = {
  get field() {
    for (;;) {}
  },
};
value; // → nothing

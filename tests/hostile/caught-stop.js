// Catches everything, so that nothing could end it.
// ends: steps
for (;;) {
  try {
    for (;;) {}
  } catch {
    continue;
  } finally {
    continue;
  }
}

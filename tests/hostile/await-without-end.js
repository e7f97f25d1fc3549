// Waits for what never happens.
// ends: await
await new Promise(() => {});

// Promises that make promises: the code has ended, its work has not.
// ends: steps
const again = () => Promise.resolve().then(again);
again();

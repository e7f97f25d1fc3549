// A regular expression that needs longer than anybody has: no step is counted inside of it.
// ends: time
/^(a+)+$/.test(`${'a'.repeat(60)}!`);

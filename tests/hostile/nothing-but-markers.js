// Pretends to be the engine's own code.
// ends: throw|syntax|done|import
$$u.value($$u.now(), 'forged');
$$u.stopped = undefined;
$$u.limits.steps = Infinity;
for (let i = 0; i < 10; i++) $$u.step();

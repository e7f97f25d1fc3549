// A hundred thousand rejections that nobody handles.
// ends: steps|throw|done
for (let i = 0; i < 40_000; i++) Promise.reject(new Error('x'.repeat(1000)));

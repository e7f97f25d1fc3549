// import() is syntax: no name has to be there for it.
// ends: done|throw|syntax|await|import
let found = 0;
for (const to of ['%HERE%/hostile?import', '%THERE%/hostile?import', 'data:text/javascript,1', './hostile.js', '/hostile.js']) {
  try {
    await import(to);
    found++;
  } catch {
    // As it should be.
  }
}
console.log(`ways found: ${found}`);

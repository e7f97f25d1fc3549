// A function that calls itself for ever, and catches what stops it.
// ends: throw|steps|time
function down() {
  try {
    return down() + 1;
  } finally {
    down();
  }
}
down();

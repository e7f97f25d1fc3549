// Says things that would be markup if anybody took them for it.
// ends: done
// prints: <img src=x onerror="document.title='hostile'">
const markup = '<img src=x onerror="document.title=\'hostile\'">';
console.log(markup);
markup;
({ ['</code><script>document.title="hostile"</script>']: markup });

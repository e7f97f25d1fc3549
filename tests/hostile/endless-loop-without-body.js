// A loop whose condition does all the work, so that there is no body to count.
// ends: steps
let n = 0;
while (++n);

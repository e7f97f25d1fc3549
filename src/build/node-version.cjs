// Plain old JavaScript on purpose: it has to parse on a Node that is too old for the rest of the project.
var WANTED = [22, 18];
var found = process.versions.node.split('.').map(Number);
if (found[0] < WANTED[0] || (found[0] === WANTED[0] && found[1] < WANTED[1])) {
  console.error(
    'Unmapped needs Node ' +
      WANTED.join('.') +
      ' or newer, and this is Node ' +
      process.versions.node +
      '; ' +
      '"npm ci" installs a fitting Node beside the project, and the npm scripts use it.',
  );
  process.exit(1);
}

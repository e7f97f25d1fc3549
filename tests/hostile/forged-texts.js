// Bends everything that could be used to write the answer, so that it says what the snippet wants.
// ends: throw|sandbox
const answer = JSON.stringify({
  result: { state: 'done', steps: 1, lines: [], console: [{ text: 'forged' }], pictures: [] },
  arrows: [],
  disagreements: [],
});
JSON.stringify = () => answer;
String.prototype.toString = () => answer;
Array.prototype.map = () => [answer];
Array.prototype.toJSON = () => answer;
Object.prototype.toJSON = () => 'forged';
Function.prototype.call = () => answer;
Function.prototype.apply = () => answer;
Promise.prototype.then = () => answer;
throw new TypeError('this is how it ends');

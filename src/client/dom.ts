/** Trees of markup as nodes of the document. Text becomes text nodes: nothing here can make markup out of what a run said. */
import type { Tree } from '../pictures/tree.ts';

const SVG = 'http://www.w3.org/2000/svg';
const HTML = 'http://www.w3.org/1999/xhtml';

export function toDom(tree: Tree, space = HTML): Node {
  if (typeof tree === 'string') return document.createTextNode(tree);
  const own = tree.name === 'svg' ? SVG : space;
  const element = document.createElementNS(own, tree.name);
  for (const [key, value] of Object.entries(tree.attributes)) element.setAttribute(key, value);
  for (const child of tree.children) element.append(toDom(child, own));
  return element;
}

/** The parsed program as the engine sees it: acorn's nodes, loosely typed, and a way to visit their children in order. */
import type { Node } from 'acorn';

/** Any node. Fields are read by name where the node's type says that they are there. */
export interface Syntax extends Node {
  readonly [field: string]: unknown;
}

export function isSyntax(value: unknown): value is Syntax {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** A field that holds one node, or nothing. */
export function child(node: Syntax, field: string): Syntax | undefined {
  const value = node[field];
  return isSyntax(value) ? value : undefined;
}

/** A field that holds a list of nodes; holes are left out. */
export function list(node: Syntax, field: string): Syntax[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isSyntax) : [];
}

/** All children, in the order in which acorn stores them. */
export function children(node: Syntax): Syntax[] {
  const found: Syntax[] = [];
  for (const field of Object.keys(node)) {
    const value = node[field];
    if (Array.isArray(value)) found.push(...value.filter(isSyntax));
    else if (isSyntax(value)) found.push(value);
  }
  return found;
}

/** First line of a node, from 1. */
export function startLine(node: Syntax): number {
  return node.loc?.start.line ?? 1;
}

/** Last line of a node, from 1. */
export function endLine(node: Syntax): number {
  return node.loc?.end.line ?? 1;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export function isFunction(node: Syntax): boolean {
  return FUNCTIONS.has(node.type);
}

/** A function or class without a name, which takes the name of the variable it is assigned to, if nothing stands between. */
export function takesName(node: Syntax): boolean {
  return isFunction(node) || node.type === 'ClassExpression';
}

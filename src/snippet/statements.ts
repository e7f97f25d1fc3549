/**
 * Which statement a result belongs to. The arrow grammar: an arrow belongs to the innermost statement that starts or
 * ends on its line, else to the last one that ended above. A result without an arrow stands where the statement ends.
 */
import { child, children, endLine, isFunction, list, type Syntax, startLine } from './syntax.ts';
import type { Arrow } from './types.ts';

/** A statement and how deep it is nested in others, counted in statements. */
interface Placed {
  readonly node: Syntax;
  readonly depth: number;
  readonly first: number;
  readonly last: number;
}

/** Where the results of statements stand: the line of each statement that has one. */
export type Slots = ReadonlyMap<Syntax, number>;

/** What people call the statements that an arrow cannot belong to. */
const NAMES: Readonly<Record<string, string>> = {
  ForStatement: 'a for loop',
  ForOfStatement: 'a for…of loop',
  ForInStatement: 'a for…in loop',
  WhileStatement: 'a while loop',
  DoWhileStatement: 'a do…while loop',
  FunctionDeclaration: 'a function',
  ClassDeclaration: 'a class',
  TryStatement: 'a try statement',
  SwitchStatement: 'a switch statement',
  ReturnStatement: 'a return without a value',
  VariableDeclaration: 'a declaration without a value',
  ImportDeclaration: 'an import',
};

/** The expression whose value is the statement's: what an arrow on the statement speaks of. */
export function valueIn(node: Syntax): Syntax | undefined {
  switch (node.type) {
    case 'ExpressionStatement':
      return child(node, 'expression');
    case 'VariableDeclaration': {
      const last = list(node, 'declarations').at(-1);
      return last && child(last, 'init');
    }
    case 'ReturnStatement':
    case 'ThrowStatement':
      return child(node, 'argument');
    case 'IfStatement':
      return child(node, 'test');
    default:
      return undefined;
  }
}

const LOOP_HEADS = new Set(['ForStatement', 'ForOfStatement', 'ForInStatement']);

/** Blocks are brackets, not statements, to a reader; an export is the declaration that it exports. */
function isStatement(node: Syntax, parent: Syntax | undefined): boolean {
  if (node.type === 'VariableDeclaration')
    return !(parent && LOOP_HEADS.has(parent.type) && child(parent, 'body') !== node);
  if (node.type === 'BlockStatement' || node.type === 'EmptyStatement') return false;
  if (node.type === 'ExportNamedDeclaration') return !child(node, 'declaration');
  if (node.type === 'ClassDeclaration' || node.type === 'FunctionDeclaration') return true;
  return node.type.endsWith('Statement') || node.type === 'ImportDeclaration' || node.type.startsWith('Export');
}

function collect(node: Syntax, parent: Syntax | undefined, depth: number, into: Placed[]): void {
  const counts = isStatement(node, parent);
  if (counts) into.push({ node, depth, first: startLine(node), last: endLine(node) });
  for (const inner of children(node)) collect(inner, node, counts ? depth + 1 : depth, into);
}

/** Of the statements that touch a line, the innermost; of several as deep, the last. */
function innermost(touching: readonly Placed[]): Placed | undefined {
  let best: Placed | undefined;
  for (const one of touching) {
    if (!best || one.depth > best.depth || (one.depth === best.depth && one.node.end > best.node.end)) best = one;
  }
  return best;
}

function owner(statements: readonly Placed[], line: number): Placed | undefined {
  const touching = statements.filter((s) => s.first === line || s.last === line);
  if (touching.length > 0) return innermost(touching);
  let best: Placed | undefined;
  for (const one of statements) {
    if (one.last < line && (!best || one.node.end > best.node.end)) best = one;
  }
  return best;
}

/** True for a string that only switches a mode on: it has no result. */
function isDirective(node: Syntax): boolean {
  return node.type === 'ExpressionStatement' && typeof node['directive'] === 'string';
}

/**
 * Gives each arrow its statement and each statement with a result its line. An arrow that belongs to nothing comes back
 * with a sentence in `nothing`.
 */
export function place(program: Syntax, written: readonly Arrow[]): { slots: Slots; arrows: Arrow[] } {
  const statements: Placed[] = [];
  for (const top of children(program)) collect(top, program, 0, statements);

  const slots = new Map<Syntax, number>();
  const taken = new Set<number>();
  const arrows = written.map((arrow): Arrow => {
    const found = owner(statements, arrow.line);
    taken.add(arrow.line);
    if (!found)
      return { ...arrow, nothing: 'This arrow belongs to nothing: no statement stands on its line or above it.' };
    const other = slots.get(found.node);
    if (other !== undefined) {
      return { ...arrow, nothing: `This arrow belongs to the statement that the arrow of line ${other} speaks of.` };
    }
    if (!valueIn(found.node) || isDirective(found.node)) {
      const name = NAMES[found.node.type] ?? 'a statement without a value';
      return {
        ...arrow,
        nothing: `This arrow belongs to ${name} (lines ${found.first} to ${found.last}), which has no value. An arrow stands with an expression, an initializer, a return, a throw or the test of an if.`,
      };
    }
    slots.set(found.node, arrow.line);
    return arrow;
  });

  for (const one of statements) {
    if (one.node.type !== 'ExpressionStatement' || isDirective(one.node) || slots.has(one.node)) continue;
    if (taken.has(one.last)) continue;
    const ending = statements.filter((s) => s.node.type === 'ExpressionStatement' && s.last === one.last);
    if (innermost(ending) === one) slots.set(one.node, one.last);
  }
  return { slots, arrows };
}

/** True if the code outside of all functions awaits something. */
export function awaitsAtTop(node: Syntax): boolean {
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node['await'] === true)) return true;
  return children(node).some((inner) => !isFunction(inner) && awaitsAtTop(inner));
}

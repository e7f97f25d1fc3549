/**
 * Rewrites a parsed snippet so that it reports what it does: where it is, the values of its statements, its steps.
 * Only text without line breaks is inserted, so every line keeps its number. The engine is called `$$u` inside.
 *
 *     f(x);              $$u.value($$u.at(1,1,1),(f(x)));
 *     for (…) body       for (…) {$$u.step();body}
 *     function f() {…}   function f() {const $$s=$$u.enter();try{…}catch($$e){throw $$u.threw($$e)}finally{$$u.leave($$s)}}
 *     catch (e) {…}      catch (e) {$$u.caught(e);…}
 *     await x            await $$u.wait($$u.now(),(x))
 *     [...x]             [...$$u.spread((x))]
 *     a + b              $$u.sum((a + b))
 */
import { type Slots, valueIn } from './statements.ts';
import { child, children, isFunction, list, type Syntax, startLine, takesName } from './syntax.ts';

/** Text to put in at a position, or (with `end`) in place of a range whose line breaks are kept. */
interface Edit {
  readonly at: number;
  readonly end?: number;
  readonly text: string;
}

/** Something that the language has and a snippet has not. */
export class Unsupported extends Error {
  readonly line: number;
  readonly kind: 'syntax' | 'import';
  constructor(message: string, line: number, kind: 'syntax' | 'import') {
    super(message);
    this.line = line;
    this.kind = kind;
  }
}

const THROWN = '}catch($$e){throw $$u.threw($$e)}';
const LEAVE = `${THROWN}finally{$$u.leave($$s)}}`;
const ENTER = 'const $$s=$$u.enter();try{';

/** Fields whose expression a statement evaluates itself: the run is on the statement's line while it does. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  ExpressionStatement: ['expression'],
  ReturnStatement: ['argument'],
  ThrowStatement: ['argument'],
  IfStatement: ['test'],
  WhileStatement: ['test'],
  DoWhileStatement: ['test'],
  ForStatement: ['test', 'update'],
  ForOfStatement: ['right'],
  ForInStatement: ['right'],
  SwitchStatement: ['discriminant'],
};

const LOOPS = new Set(['WhileStatement', 'DoWhileStatement', 'ForStatement', 'ForOfStatement', 'ForInStatement']);

export class Instrument {
  private readonly code: string;
  private readonly slots: Slots;
  private readonly edits: Edit[] = [];
  private readonly imports: string[] = [];
  private readonly exports: string[] = [];

  constructor(code: string, slots: Slots) {
    this.code = code;
    this.slots = slots;
  }

  /** The script text: an expression that is a function of the engine. */
  run(program: Syntax, isAsync: boolean): string {
    for (const node of list(program, 'body')) this.visit(node);
    const head = `(${isAsync ? 'async ' : ''}function($$u){"use strict";${this.imports.join('')}`;
    return `${head}${this.apply()}\n${this.exports.join('')}})`;
  }

  private insert(at: number, text: string): void {
    this.edits.push({ at, text });
  }

  /** Takes a range out, but leaves its line breaks. */
  private blank(from: number, to: number, text = ''): void {
    this.edits.push({ at: from, end: to, text: text + this.code.slice(from, to).replace(/[^\n]/g, '') });
  }

  private wrap(node: Syntax, before: string, after: string, inside: () => void): void {
    this.insert(node.start, before);
    inside();
    this.insert(node.end, after);
  }

  /** An expression that `statement` evaluates: reported if the statement has a slot and this is its value. */
  private own(expression: Syntax, statement: Syntax): void {
    const slot = valueIn(statement) === expression ? (this.slots.get(statement) ?? 0) : 0;
    if (slot === 0 && takesName(expression)) {
      this.visit(expression);
      return;
    }
    const at = `$$u.at(${startLine(statement)},${slot})`;
    // A throw has no value to report: what is thrown reports itself where it is caught.
    const before = slot > 0 && statement.type !== 'ThrowStatement' ? `$$u.value(${at},(` : `(${at},(`;
    this.wrap(expression, before, '))', () => this.visit(expression));
  }

  private visit(node: Syntax): void {
    switch (node.type) {
      case 'ImportDeclaration':
        this.import(node);
        return;
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
      case 'ExportAllDeclaration':
        this.export(node);
        return;
      case 'ImportExpression':
        throw new Unsupported(
          'import() is not available in a snippet. Import at the top instead.',
          startLine(node),
          'import',
        );
      case 'MetaProperty':
        if (child(node, 'meta')?.['name'] === 'import') {
          throw new Unsupported('import.meta is not available in a snippet.', startLine(node), 'syntax');
        }
        return;
      case 'VariableDeclaration':
        this.declaration(node);
        return;
      case 'AwaitExpression': {
        const argument = child(node, 'argument');
        if (argument) this.wrap(argument, '$$u.wait($$u.now(),(', '))', () => this.visit(argument));
        return;
      }
      case 'SpreadElement': {
        const argument = child(node, 'argument');
        if (argument) this.wrap(argument, '$$u.spread((', '))', () => this.visit(argument));
        return;
      }
      case 'BinaryExpression':
      case 'AssignmentExpression':
      case 'TemplateLiteral':
        if (this.makesText(node)) this.wrap(node, '$$u.sum((', '))', () => this.fields(node));
        else this.fields(node);
        return;
      case 'TaggedTemplateExpression':
        // The template of a tag is its own syntax, not a value.
        for (const inner of list(child(node, 'quasi') ?? node, 'expressions')) this.visit(inner);
        return;
      case 'TryStatement':
        this.try(node);
        return;
    }
    if (isFunction(node)) this.function(node);
    else if (LOOPS.has(node.type)) this.loop(node);
    else this.fields(node);
  }

  /** True for what can put long text together. Two literals cannot, nor can a template without values. */
  private makesText(node: Syntax): boolean {
    if (node.type === 'TemplateLiteral') return list(node, 'expressions').length > 0;
    if (node.type === 'AssignmentExpression') return node['operator'] === '+=';
    const sides = [child(node, 'left'), child(node, 'right')];
    return node['operator'] === '+' && !sides.every((side) => side?.type === 'Literal');
  }

  /** Visits the children; an expression that belongs to the statement itself is put on the statement's line. */
  private fields(node: Syntax): void {
    if (typeof node['directive'] === 'string') return;
    const own = (OWN[node.type] ?? []).map((field) => child(node, field));
    for (const inner of children(node)) {
      if (own.includes(inner)) this.own(inner, node);
      else this.visit(inner);
    }
  }

  private declaration(node: Syntax): void {
    for (const declarator of list(node, 'declarations')) {
      const target = child(declarator, 'id');
      const init = child(declarator, 'init');
      if (target) this.visit(target);
      if (init) this.own(init, node);
    }
  }

  private loop(node: Syntax): void {
    const body = child(node, 'body');
    const own = (OWN[node.type] ?? []).map((field) => child(node, field));
    for (const inner of children(node)) {
      if (inner === body) {
        if (body.type === 'BlockStatement') {
          this.insert(body.start + 1, '$$u.step();');
          this.visit(body);
        } else this.wrap(body, '{$$u.step();', '}', () => this.visit(body));
      } else if (own.includes(inner)) this.own(inner, node);
      else this.visit(inner);
    }
  }

  private function(node: Syntax): void {
    for (const parameter of list(node, 'params')) this.visit(parameter);
    const body = child(node, 'body');
    if (!body) return;
    const leaves = node['async'] === true || node['generator'] === true;
    const before = `{${leaves ? '$$u.step();try{' : ENTER}`;
    const after = leaves ? `${THROWN}}` : LEAVE;
    if (body.type === 'BlockStatement') {
      this.insert(body.start + 1, before.slice(1));
      for (const statement of list(body, 'body')) this.visit(statement);
      this.insert(body.end - 1, after.slice(0, -1));
      return;
    }
    // A body without braces may stand in parentheses of its own: everything behind the arrow token is the value.
    const arrow = this.arrowToken(node, body);
    this.insert(arrow, `${before}return($$u.at(${startLine(body)},0),`);
    this.visit(body);
    this.insert(node.end, `);${after}`);
  }

  /** Position just behind the `=>` that stands before the body: comments between them may hold anything but lines with =>. */
  private arrowToken(node: Syntax, body: Syntax): number {
    const last = list(node, 'params').at(-1);
    const from = last ? last.end : node.start;
    const between = this.code
      .slice(from, body.start)
      .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (c) => ' '.repeat(c.length));
    return from + between.indexOf('=>') + 2;
  }

  private try(node: Syntax): void {
    const block = child(node, 'block');
    const handler = child(node, 'handler');
    const finalizer = child(node, 'finalizer');
    if (block) this.visit(block);
    if (handler) {
      const parameter = child(handler, 'param');
      const body = child(handler, 'body');
      if (body) {
        if (!parameter) this.blank(handler.start, body.start + 1, 'catch($$e){$$u.caught($$e);');
        else if (parameter.type === 'Identifier') {
          this.insert(body.start + 1, `$$u.caught(${String(parameter['name'])});`);
        } else {
          const pattern = this.code.slice(parameter.start, parameter.end);
          this.blank(
            handler.start,
            body.start + 1,
            `catch($$e){$$u.caught($$e);let ${pattern.replace(/\n/g, ' ')}=$$e;`,
          );
        }
        for (const statement of list(body, 'body')) this.visit(statement);
      }
    } else if (block) this.insert(block.end, 'catch($$e){throw $$u.threw($$e)}');
    if (finalizer) this.visit(finalizer);
  }

  private import(node: Syntax): void {
    const from = JSON.stringify(child(node, 'source')?.['value'] ?? '');
    const names: string[] = [];
    let whole: string | undefined;
    const pairs = list(node, 'specifiers').flatMap((specifier) => {
      const local = String(child(specifier, 'local')?.['name']);
      if (specifier.type === 'ImportNamespaceSpecifier') {
        whole = local;
        return [];
      }
      const imported = child(specifier, 'imported');
      const name = imported ? String(imported['name'] ?? imported['value']) : 'default';
      names.push(name);
      return [`${JSON.stringify(name)}:${local}`];
    });
    const call = `$$u.import(${from},${JSON.stringify(names)},${startLine(node)})`;
    if (whole) this.imports.push(`const ${whole}=${call};`);
    if (pairs.length > 0) this.imports.push(`const {${pairs.join(',')}}=${call};`);
    if (!whole && pairs.length === 0) this.imports.push(`${call};`);
    this.blank(node.start, node.end);
  }

  private export(node: Syntax): void {
    const declaration = child(node, 'declaration');
    if (node.type === 'ExportAllDeclaration' || child(node, 'source')) {
      throw new Unsupported('A snippet cannot export what it did not make itself.', startLine(node), 'syntax');
    }
    if (!declaration) {
      for (const one of list(node, 'specifiers')) {
        const name = child(one, 'exported');
        this.exports.push(
          `$$u.export(${JSON.stringify(name?.['name'] ?? name?.['value'])},${child(one, 'local')?.['name']});`,
        );
      }
      this.blank(node.start, node.end);
      return;
    }
    if (node.type === 'ExportNamedDeclaration') {
      this.blank(node.start, declaration.start);
      this.visit(declaration);
      return;
    }
    const name = child(declaration, 'id')?.['name'];
    if (name !== undefined) {
      this.blank(node.start, declaration.start);
      this.visit(declaration);
      this.exports.push(`$$u.export("default",${String(name)});`);
      return;
    }
    this.blank(node.start, declaration.start, '$$u.export("default",');
    this.visit(declaration);
    this.edits.push({ at: declaration.end, end: node.end, text: ');' });
  }

  /** Applies the edits. Of several at one place, those made first come first. */
  private apply(): string {
    const ordered = this.edits
      .map((edit, order) => ({ ...edit, order }))
      .sort((a, b) => a.at - b.at || a.order - b.order);
    let out = '';
    let from = 0;
    for (const edit of ordered) {
      out += this.code.slice(from, edit.at) + edit.text;
      from = edit.end ?? edit.at;
    }
    return out + this.code.slice(from);
  }
}

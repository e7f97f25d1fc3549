/**
 * The small static server behind `npm start` and the tests: sirv for the files and their Brotli twins, `_headers` as a
 * static host would apply it, 404.html for the rest. It listens on the loopback alone.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import sirv from 'sirv';
import { base } from '../citation/address.ts';
import { headersFor, parseHeaders } from './headers.ts';

/** Only for these files does sirv leave the type open. BibTeX opens as text, so that it can be read before it is saved. */
const TYPES: Readonly<Record<string, string>> = { txt: 'text/plain', md: 'text/markdown', bib: 'text/plain' };

export interface ServerOptions {
  /** The built site. */
  readonly root: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
}

export interface RunningServer {
  /** `http://127.0.0.1:4321`, without the base path. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Errors: no built site at `root`; the port is taken (both with a sentence that says what to do). */
export async function startServer({ root, port = 0, host = '127.0.0.1' }: ServerOptions): Promise<RunningServer> {
  const dist = resolve(root);
  if (!existsSync(join(dist, 'index.html'))) throw new Error(`No built site at ${dist}: run "npm run build" first.`);
  const headersFile = join(dist, '_headers');
  const rules = existsSync(headersFile) ? parseHeaders(readFileSync(headersFile, 'utf8')) : [];
  const files = sirv(dist, { brotli: true, etag: true, extensions: ['html'] });
  const missing = readFileSync(join(dist, '404.html'));
  const prefix = base();

  const notFound = (res: ServerResponse): void => {
    for (const [name, value] of headersFor(rules, '/404')) res.setHeader(name, value);
    res.writeHead(404, { 'content-type': 'text/html;charset=utf-8', 'content-length': missing.length });
    res.end(missing);
  };

  const server = createServer((req, res) => {
    const url = req.url ?? '/';
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const [path = '/'] = url.split('?', 1);
    if (prefix !== '' && path !== prefix && !path.startsWith(`${prefix}/`)) return notFound(res);
    req.url = url.slice(prefix.length) || '/';
    const below = path.slice(prefix.length) || '/';
    // Hosts keep `_headers` to themselves; the Brotli twins are not addresses either.
    if (below === '/_headers' || below.endsWith('.br')) return notFound(res);
    const type = TYPES[/\.([a-z]+)$/.exec(below)?.[1] ?? ''];
    if (type !== undefined) res.setHeader('content-type', `${type};charset=utf-8`);
    for (const [name, value] of headersFor(rules, below)) res.setHeader(name, value);
    files(req, res, () => {
      for (const name of res.getHeaderNames()) res.removeHeader(name);
      notFound(res);
    });
  });

  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} is in use: stop what listens there, or choose another with PORT=4322.`;
      fail(error.code === 'EADDRINUSE' ? new Error(taken) : error);
    });
    server.listen(port, host, done);
  });
  const { port: found } = server.address() as AddressInfo;
  return {
    origin: `http://${host}:${found}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

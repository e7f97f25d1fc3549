/**
 * Source references: `msg:<Message-ID>`, `commit:<hash>`, `src:<key>`, `rec:<name>`. What a link says and where it leads
 * is derived here from the records, never typed beside a claim.
 */
import type { Records } from './records.ts';
import type { Cited, SourceRecord } from './types.ts';

const WORDS: Record<SourceRecord['kind'], string> = {
  man: 'man page',
  file: 'source',
  commit: 'commit',
  article: 'article',
  spec: 'specification',
  recording: 'recording',
  facts: 'notes',
};

/** The permanent address of a message by its Message-ID, by the fixed rule of lore.kernel.org. */
export function messageUrl(id: string): string {
  return `https://lore.kernel.org/all/${encodeURIComponent(id).replaceAll('%40', '@').replaceAll('%2B', '+')}/`;
}

/** The permanent address of a commit of the mainline kernel. */
export function commitUrl(hash: string): string {
  return `https://git.kernel.org/torvalds/c/${hash}`;
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}

function message(ref: string, id: string, records: Records): Cited | string {
  const found = records.messages.get(id);
  if (found === undefined) return `unknown message "${id}": it is not in content/records/messages.json`;
  const { from, subject, date } = found;
  return {
    ref,
    kind: 'message',
    word: 'message',
    title: joined([from, subject, date]),
    people: [from],
    date,
    url: messageUrl(id),
  };
}

function commit(ref: string, hash: string, records: Records): Cited | string {
  if (!/^[0-9a-f]{12,40}$/.test(hash)) return `"${hash}" is not a commit: 12 to 40 hexadecimal digits`;
  const record = [...records.sources].find(([key, { kind }]) => {
    return kind === 'commit' && (key.startsWith(hash) || hash.startsWith(key));
  })?.[1];
  return {
    ref,
    kind: 'commit',
    word: 'commit',
    title: joined([record?.author, record?.title, `commit ${hash.slice(0, 12)}`, record?.version, record?.date]),
    people: record?.author === undefined ? [] : [record.author],
    url: record?.url ?? commitUrl(hash),
    ...(record?.date === undefined ? {} : { date: record.date }),
    ...(record?.version === undefined ? {} : { version: record.version }),
    ...(record?.note === undefined ? {} : { note: record.note }),
  };
}

function source(ref: string, key: string, records: Records): Cited | string {
  const record = records.sources.get(key);
  if (record === undefined) return `unknown source "${key}": it is not in content/records/sources.json`;
  const { kind, author, title, version, date, url, note } = record;
  return {
    ref,
    kind,
    word:
      kind === 'man'
        ? (title.split(',')[0] ?? title)
        : kind === 'file' && version !== undefined
          ? `source ${version}`
          : WORDS[kind],
    title: joined([author, title, title.includes(version ?? '\n') ? undefined : version, date]),
    people: author === undefined ? [] : [author],
    ...(kind === 'recording' && url === undefined ? { path: '/evidence/memfd' } : {}),
    ...(url === undefined ? {} : { url }),
    ...(date === undefined ? {} : { date }),
    ...(version === undefined ? {} : { version }),
    ...(note === undefined ? {} : { note }),
  };
}

function recording(ref: string, name: string, records: Records): Cited | string {
  const folder = records.recordings.get(name);
  if (folder === undefined) return `unknown recording "${name}": it is not in content/evidence`;
  const about = records.sources.get('recordings');
  return {
    ref,
    kind: 'recording',
    word: 'recording',
    title: joined([
      `recording ${name}`,
      about?.version === undefined ? undefined : `Linux ${about.version}`,
      about?.date,
    ]),
    people: [],
    path: `/evidence/${folder}/${name.replace(/^.*\//, '')}`,
    ...(about?.date === undefined ? {} : { date: about.date }),
    ...(about?.version === undefined ? {} : { version: about.version }),
  };
}

/** Resolves a reference; the answer is a sentence if it cannot be resolved. */
export function resolve(ref: string, records: Records): Cited | string {
  const at = ref.indexOf(':');
  const [kind, key] = [ref.slice(0, at), ref.slice(at + 1)];
  switch (kind) {
    case 'msg':
      return message(ref, key, records);
    case 'commit':
      return commit(ref, key, records);
    case 'src':
      return source(ref, key, records);
    case 'rec':
      return recording(ref, key, records);
    default:
      return `"${ref}" is not a source reference: write msg:<Message-ID>, commit:<hash>, src:<key> or rec:<name>`;
  }
}

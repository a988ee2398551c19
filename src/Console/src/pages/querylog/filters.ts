import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';

/** What the log can be searched by. The names are those of the API and of the page's address alike. */
export const keys = [
  'name',
  'client',
  'group',
  'outcome',
  'reason',
  'rule',
  'type',
  'responseCode',
  'source',
  'transport',
  'address',
  'alias',
  'extendedError',
  'minDuration',
  'revision',
  'request',
] as const;

export type Key = (typeof keys)[number];

/** What is searched for: fields, and a span of time that ends now or stands still. */
export interface Filters {
  fields: Partial<Record<Key, string>>;
  range?: string;
  since?: string;
  until?: string;
}

/** Below a name; the API writes it with a dot in front. */
const below = 'below';

export const properties: PropertyFilterProps.FilteringProperty[] = [
  { key: 'name', propertyLabel: 'Name', groupValuesLabel: 'Names', operators: [':', '='] },
  { key: below, propertyLabel: 'Name and below', groupValuesLabel: 'Names', operators: ['='] },
  { key: 'client', propertyLabel: 'Client', groupValuesLabel: 'Clients', operators: ['='] },
  { key: 'group', propertyLabel: 'Group', groupValuesLabel: 'Groups', operators: ['='] },
  { key: 'reason', propertyLabel: 'Reason', groupValuesLabel: 'Reasons', operators: ['='] },
  { key: 'rule', propertyLabel: 'Rule', groupValuesLabel: 'Rules', operators: ['='] },
  { key: 'type', propertyLabel: 'Type', groupValuesLabel: 'Types', operators: ['='] },
  { key: 'responseCode', propertyLabel: 'Response code', groupValuesLabel: 'Response codes', operators: ['='] },
  { key: 'source', propertyLabel: 'Answered from', groupValuesLabel: 'Sources', operators: ['='] },
  { key: 'transport', propertyLabel: 'Transport', groupValuesLabel: 'Transports', operators: ['='] },
  { key: 'address', propertyLabel: 'Answered address', groupValuesLabel: 'Addresses', operators: ['='] },
  { key: 'alias', propertyLabel: 'Alias', groupValuesLabel: 'Aliases', operators: [':'] },
  { key: 'extendedError', propertyLabel: 'Extended error', groupValuesLabel: 'Extended errors', operators: ['='] },
  { key: 'minDuration', propertyLabel: 'Took at least (ms)', groupValuesLabel: 'Durations', operators: ['>='] },
  { key: 'revision', propertyLabel: 'Policy revision', groupValuesLabel: 'Revisions', operators: ['='] },
  { key: 'request', propertyLabel: 'Request id', groupValuesLabel: 'Request ids', operators: ['='] },
];

const choices: Partial<Record<Key, string[]>> = {
  reason: ['noRule', 'allowRule', 'denyRule', 'typeNotAllowed', 'expired', 'unknownClient', 'rebinding', 'aliasNotAllowed', 'tunnel'],
  type: ['A', 'AAAA', 'HTTPS', 'SVCB', 'CNAME', 'MX', 'NS', 'PTR', 'SRV', 'TXT'],
  responseCode: ['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED', 'FORMERR', 'NOTIMP'],
  source: ['cache', 'upstream', 'local', 'none'],
  transport: ['udp', 'tcp', 'tls', 'https'],
  extendedError: ['15', '3', '6', '9', '22', '23'],
};

export function options(groups: string[]): PropertyFilterProps.FilteringOption[] {
  const known = { ...choices, group: groups };
  return Object.entries(known).flatMap(([propertyKey, values]) => values.map(value => ({ propertyKey, value })));
}

/** Reads an address of the page. */
export function readFilters(params: URLSearchParams): Filters {
  const fields: Filters['fields'] = {};
  for (const key of keys) {
    const value = params.get(key);
    if (value) fields[key] = value;
  }
  return {
    fields,
    range: params.get('range') ?? undefined,
    since: params.get('since') ?? undefined,
    until: params.get('until') ?? undefined,
  };
}

/** Writes the page's address. */
export function writeFilters({ fields, range, since, until }: Filters, others: Record<string, string | undefined> = {}): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...fields, range, since, until, ...others })) if (value) params.set(key, value);
  return params;
}

const units: Record<string, number> = { m: 60, h: 3_600, d: 86_400 };

/** 15m, 1h, 7d → seconds. */
export function rangeSeconds(range: string): number {
  return Number(range.slice(0, -1)) * (units[range.slice(-1)] ?? 0);
}

/** The API's parameters. A span that ends now is counted back from a given moment. */
export function apiQuery({ fields, range, since, until }: Filters, now = Date.now()): Record<string, string> {
  const from = range ? new Date(now - rangeSeconds(range) * 1_000).toISOString() : since;
  return { ...fields, ...(from && { since: from }), ...(until && !range && { until }) };
}

/** The same search with its span nailed down, so that whoever gets the link sees the same rows. */
export function freeze(filters: Filters, now = Date.now()): Filters {
  const until = filters.until ?? new Date(now).toISOString();
  const since = filters.range ? new Date(now - rangeSeconds(filters.range) * 1_000).toISOString() : filters.since;
  return { fields: filters.fields, since, until };
}

const addressLike = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)(\/\d{1,3})?$/i;

/** Tokens of the search field → fields. A token for a field that has one takes its place. The outcome has buttons of its own. */
export function fieldsOf(query: PropertyFilterProps.Query): Filters['fields'] {
  const fields: Filters['fields'] = {};
  for (const { propertyKey, operator, value } of query.tokens) {
    const text = String(value ?? '').trim();
    if (!text) continue;
    if (propertyKey === undefined) fields[addressLike.test(text) ? 'client' : 'name'] = text;
    else if (propertyKey === below) fields.name = `.${text.replace(/^\./, '')}`;
    else if (propertyKey === 'name') fields.name = operator === '=' ? `=${text}` : text;
    else fields[propertyKey as Key] = text;
  }
  return fields;
}

/** Fields → tokens of the search field. */
export function tokensOf(fields: Filters['fields']): PropertyFilterProps.Query {
  const tokens = Object.entries(fields)
    .filter(([key]) => key !== 'outcome')
    .map<PropertyFilterProps.Token>(([key, value]) => {
      if (key === 'name' && value.startsWith('=')) return { propertyKey: 'name', operator: '=', value: value.slice(1) };
      if (key === 'name' && value.startsWith('.')) return { propertyKey: below, operator: '=', value: value.slice(1) };
      const operator = key === 'name' || key === 'alias' ? ':' : key === 'minDuration' ? '>=' : '=';
      return { propertyKey: key, operator, value };
    });
  return { operation: 'and', tokens };
}

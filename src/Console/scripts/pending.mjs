// Operations that the console uses and the API's document does not have yet. Goes when the document has them all.
const str = { type: 'string' };
const int = { type: 'integer' };
const num = { type: 'number' };
const flag = { type: 'boolean' };
const maybe = schema => (schema.$ref ? { oneOf: [{ type: 'null' }, schema] } : { ...schema, type: ['null', schema.type] });
const list = items => ({ type: 'array', items });
const ref = name => ({ $ref: `#/components/schemas/${name}` });
const object = (properties, optional = []) => ({ type: 'object', required: Object.keys(properties).filter(one => !optional.includes(one)), properties });
const query = (names, integers = []) => [
  ...names.map(name => ({ name, in: 'query', schema: str })),
  ...integers.map(name => ({ name, in: 'query', schema: int })),
];
const path = (name, schema = str) => ({ name, in: 'path', required: true, schema });
const json = schema => ({ content: { 'application/json': { schema } } });
const get = (schema, parameters = []) => ({ parameters, responses: { 200: { description: 'OK', ...json(schema) } } });
const post = (body, schema, parameters = []) => ({ parameters, requestBody: json(body), responses: { 200: { description: 'OK', ...json(schema) } } });

const schemas = {
  SimulateRequest: object({ policy: str, since: str, until: str, group: str }, ['since', 'until', 'group']),
  SimulatedChange: object({ name: str, type: str, group: str, clients: int, client: str, queries: int, lastSeen: str, nowRule: maybe(str), draftRule: maybe(str), reason: str }, ['nowRule', 'draftRule']),
  SimulatedTarget: object({ target: str, now: int, draft: int, capacity: maybe(int) }, ['capacity']),
  SimulatedGrants: object({ addressesNow: int, addressesDraft: int, byTarget: list(ref('SimulatedTarget')) }),
  SimulationBody: object({ rows: int, queries: int, since: str, until: str, revision: int, newlyBlocked: list(ref('SimulatedChange')), newlyAllowed: list(ref('SimulatedChange')), newlyBlockedCount: int, newlyAllowedCount: int, blockedQueries: int, allowedQueries: int, clientsAffected: int, grants: ref('SimulatedGrants') }),
  SuggestRequest: object({ since: str, until: str, group: str }, ['since', 'until', 'group']),
  Suggestion: object({ group: str, domain: str, rule: ref('RuleBody'), names: list(str), queries: int, clients: int, daysSeen: int, days: int, confidence: num, reason: str }),
  Tightening: object({ group: maybe(str), list: maybe(str), rule: ref('RuleBody'), names: list(str), queries: int, replacement: list(ref('RuleBody')) }, ['group', 'list']),
  SuggestBody: object({ days: int, suggestions: list(ref('Suggestion')), tighten: list(ref('Tightening')), yaml: str }),
  ReviewedRule: object({ holder: str, id: str, pattern: str, action: str, queries: int, lastSeen: maybe(str), state: str, shadowedBy: maybe(str) }, ['lastSeen', 'shadowedBy']),
  ReviewBody: object({ since: str, rules: list(ref('ReviewedRule')) }),
  ChangesBody: object({ changes: list(ref('PolicyChange')), changeCount: int }),
};

const paths = {
  '/api/v1/policy:simulate': { post: post(ref('SimulateRequest'), ref('SimulationBody')) },
  '/api/v1/policy:suggest': { post: post(ref('SuggestRequest'), ref('SuggestBody')) },
  '/api/v1/policy:review': { get: get(ref('ReviewBody'), query(['since'])) },
  '/api/v1/policy/revisions/{number}/changes': { get: get(ref('ChangesBody'), [path('number', int), ...query([], ['against'])]) },
  '/api/v1/targets/{name}:pause': { post: { parameters: [path('name')], responses: { 202: { description: 'Accepted' } } } },
  '/api/v1/targets/{name}:resume': { post: { parameters: [path('name')], responses: { 202: { description: 'Accepted' } } } },
};

export function addPending(api) {
  for (const [name, schema] of Object.entries(schemas)) api.components.schemas[name] ??= schema;
  for (const [name, item] of Object.entries(paths)) api.paths[name] ??= item;
  api.components.schemas.TargetStatus.properties.isPaused ??= flag;
  return api;
}

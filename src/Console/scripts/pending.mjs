// Operations that the console uses and the API's document does not have yet. Goes when the document has them all.
const accepted = {
  parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
  responses: { 202: { description: 'Accepted' } },
};

export function addPending(api) {
  api.paths['/api/v1/targets/{name}:pause'] ??= { post: accepted };
  api.paths['/api/v1/targets/{name}:resume'] ??= { post: accepted };
  api.components.schemas.TargetStatus.properties.isPaused ??= { type: 'boolean' };
  return api;
}

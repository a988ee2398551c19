/** As much of an OpenAPI 3.1 document as is shown. */
export interface Document {
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
}

interface RawOperation {
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

export interface Operation extends RawOperation {
  method: string;
  path: string;
  part: string;
  description: string;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** All operations, by the part of the API that they belong to. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths)
    .flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method]) => methods.includes(method))
        .map(([method, operation]) => ({
          ...operation,
          method,
          path,
          part: partOf(path),
          description: [operation.summary, operation.description].filter(Boolean).join('. '),
        })),
    )
    .sort(
      (one, other) =>
        one.part.localeCompare(other.part) ||
        one.path.localeCompare(other.path) ||
        methods.indexOf(one.method) - methods.indexOf(other.method),
    );
}

function partOf(path: string): string {
  return path.replace('/api/v1/', '').replace(/^\//, '').split(/[/:]/)[0];
}

export function resolve(document: Document, schema: Schema | undefined): Schema | undefined {
  const name = schema?.$ref?.split('/').pop();
  return name ? document.components?.schemas?.[name] : schema;
}

/** A schema in a few letters: string, integer[], RuleBody, null. */
export function typeText(schema: Schema | undefined): string {
  if (!schema) return 'any';
  if (schema.$ref) return schema.$ref.split('/').pop() ?? '';
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map(typeText).join(' | ');
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ');
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type ?? 'object']).map(type =>
    type === 'array' ? `${typeText(schema.items)}[]` : type,
  );
  return `${types.join(' | ')}${schema.format ? ` (${schema.format})` : ''}`;
}

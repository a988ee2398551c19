// Writes src/api/schema.d.ts: the types of the API, from the document that the API is held to.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const document = new URL('../../Control/openapi.json', import.meta.url);
const target = new URL('../src/api/schema.d.ts', import.meta.url);

const api = JSON.parse(await readFile(document, 'utf8'));
// The document gives names of the server's classes to its groups of operations; types need none of them.
const text = astToString(await openapiTS(api, { alphabetize: true }));
const before = await readFile(target, 'utf8').catch(() => '');
if (before !== text) await writeFile(target, text);

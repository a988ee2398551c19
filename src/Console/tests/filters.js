import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { apiQuery, fieldsOf, freeze, keys, rangeSeconds, readFilters, tokensOf, writeFilters } from '../src/pages/querylog/filters';

const now = Date.parse('2026-03-01T12:00:00Z');
const address = text => readFilters(new URLSearchParams(text));

describe('the filters of the log', () => {
  it('come back from the address that they were written to', () => {
    const filters = { fields: Object.fromEntries(keys.map(key => [key, `${key} & = ü`])), range: '15m', since: undefined, until: undefined };
    assert.deepEqual(address(writeFilters(filters).toString()), filters);
  });
  it('leave out of the address what is empty, and what is no filter out of themselves', () => {
    assert.equal(writeFilters({ fields: { name: '', client: '10.0.3.7' } }, { live: undefined }).toString(), 'client=10.0.3.7');
    assert.deepEqual(address('live=1&nonsense=2&name=').fields, {});
  });
  it('keep other parts of the address', () => assert.equal(writeFilters({ fields: { outcome: 'blocked' } }, { live: '1' }).toString(), 'outcome=blocked&live=1'));

  it('know spans in minutes, hours and days', () => {
    assert.deepEqual(['15m', '1h', '7d'].map(rangeSeconds), [900, 3_600, 604_800]);
    assert.equal(rangeSeconds('9x'), 0);
  });
  it('count a span that ends now back from now, and ask for nothing after it', () => {
    assert.deepEqual(apiQuery({ fields: { name: '.example' }, range: '1h', until: '2020-01-01T00:00:00Z' }, now), { name: '.example', since: '2026-03-01T11:00:00.000Z' });
  });
  it('keep a span that stands still', () => {
    const fixed = { fields: {}, since: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' };
    assert.deepEqual(apiQuery(fixed, now), { since: fixed.since, until: fixed.until });
    assert.deepEqual(freeze(fixed, now), { fields: {}, since: fixed.since, until: fixed.until });
  });
  it('are nailed down for a link: the same rows whenever it is opened', () => {
    const frozen = freeze({ fields: { client: '10.0.3.7' }, range: '15m' }, now);
    assert.deepEqual(frozen, { fields: { client: '10.0.3.7' }, since: '2026-03-01T11:45:00.000Z', until: '2026-03-01T12:00:00.000Z' });
    assert.deepEqual(apiQuery(frozen, now), apiQuery(frozen, now + 86_400_000));
    assert.equal(freeze({ fields: {} }, now).until, '2026-03-01T12:00:00.000Z');
  });
});

describe('the tokens of the search field', () => {
  const token = (propertyKey, operator, value) => ({ propertyKey, operator, value });
  const query = (...tokens) => ({ operation: 'and', tokens });

  it('say whether a name is whole, a part, or one that others are below', () => {
    assert.deepEqual(fieldsOf(query(token('name', '=', 'a.example'))), { name: '=a.example' });
    assert.deepEqual(fieldsOf(query(token('name', ':', 'a.ex'))), { name: 'a.ex' });
    assert.deepEqual(fieldsOf(query(token('below', '=', '.a.example'))), { name: '.a.example' });
    assert.deepEqual(fieldsOf(query(token('below', '=', 'a.example'))), { name: '.a.example' });
  });
  it('take free text for an address where it looks like one, and else for a part of a name', () => {
    for (const client of ['10.0.3.7', '10.0.3.0/24', '2001:db8::1', '2001:db8::/64']) assert.deepEqual(fieldsOf(query(token(undefined, ':', client))), { client });
    for (const name of ['telemetry', 'add.example', '10.0.3', '10.0.3.7.example']) assert.deepEqual(fieldsOf(query(token(undefined, ':', ` ${name} `))), { name });
  });
  it('let the last of two for one field count, and an empty one not', () => {
    assert.deepEqual(fieldsOf(query(token('type', '=', 'A'), token('type', '=', 'AAAA'), token('group', '=', ' '))), { type: 'AAAA' });
  });
  it('come back from the fields that they made', () => {
    for (const fields of [{ name: '=a.example' }, { name: '.a.example' }, { name: 'part' }, { minDuration: '20', alias: 'cdn' }, { client: '10.0.3.7', group: 'build', extendedError: '15' }])
      assert.deepEqual(fieldsOf(tokensOf(fields)), fields);
  });
  it('leave the outcome to its own buttons', () => assert.deepEqual(tokensOf({ outcome: 'blocked' }).tokens, []));
});

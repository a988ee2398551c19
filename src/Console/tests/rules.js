import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blank, draftOf, mergeRules, ruleOf, sameRule } from '../src/rules/draft';

const whole = {
  id: 'r1', allow: '*.example.com', ports: ['tcp/443'], types: ['A'], expires: '2026-03-01T12:00:00Z', owner: 'o', ticket: 't', comment: 'c',
  private: 'allow', dnssec: 'require', hold: '250ms', pin: 2, via: 'com.amazonaws.x.s3', broad: true, confirm: 'everything', warm: true,
};

describe('a rule', () => {
  it('goes through the form and keeps what the form has no field for', () => assert.deepEqual(ruleOf(draftOf(whole), whole), whole));
  it('of an empty form has nothing but its pattern and ports', () => assert.deepEqual(ruleOf({ ...blank, pattern: ' a.example ' }), { allow: 'a.example', ports: ['tcp/443', 'tcp/80'] }));
  it('that denies opens no ports', () => assert.deepEqual(ruleOf({ ...draftOf(whole), action: 'deny', isPrivate: false }, {}).ports, undefined));
  it('is another when any of its fields is', () => {
    assert.ok(sameRule(whole, { ...whole }));
    for (const key of Object.keys(whole)) {
      const { [key]: _, ...without } = whole;
      assert.ok(!sameRule(whole, without), key);
      assert.ok(!sameRule(without, whole), key);
    }
  });
  it('is the same with its ports in another order, and its end written otherwise', () => {
    assert.ok(sameRule({ ports: ['tcp/1', 'tcp/2'] }, { ports: ['tcp/2', 'tcp/1'] }));
    assert.ok(sameRule({ expires: '2026-03-01T12:00:00Z' }, { expires: '2026-03-01T13:00:00+01:00' }));
  });
});

describe('two edits of one rule', () => {
  const base = { id: 'r', allow: 'a.example', comment: 'before', owner: 'o' };
  it('are joined field by field', () => {
    const merged = mergeRules(base, { ...base, ports: ['tcp/8443'] }, { ...base, comment: 'mine' });
    assert.deepEqual(merged, { ...base, ports: ['tcp/8443'], comment: 'mine' });
  });
  it('are joined where one takes a field away', () => assert.deepEqual(mergeRules(base, { ...base, comment: 'theirs' }, { id: 'r', allow: 'a.example', comment: 'before' }), { id: 'r', allow: 'a.example', comment: 'theirs' }));
  it('are not where both changed the same', () => assert.equal(mergeRules(base, { ...base, comment: 'theirs' }, { ...base, comment: 'mine' }), null));
  it('are where both made the same of it', () => assert.deepEqual(mergeRules(base, { ...base, comment: 'x' }, { ...base, comment: 'x' }), { ...base, comment: 'x' }));
});

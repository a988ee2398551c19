import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareSettings, formOf, patchOf, rebase } from '../src/pages/allowlist/settings';
import { collides, differing } from '../src/parts/versions';

const base = {
  name: 'build', comment: 'Builders', clients: ['10.0.4.0/24'], lists: ['mirrors'], mode: 'enforce', blockResponse: 'nxdomain', aliases: 'trust',
  families: 'both', ech: 'strip', tunnels: 'alert', queryLog: 'full', grace: 'default', targets: null, rules: [],
};

describe('settings of a group', () => {
  it('that nobody touched change nothing', () => assert.deepEqual(patchOf(base, formOf(base)), {}));
  it('are sent only where they were changed', () => {
    assert.deepEqual(patchOf(base, { ...formOf(base), mode: 'audit', clients: '10.0.4.0/24, 10.0.5.0/24' }), { mode: 'audit', clients: ['10.0.4.0/24', '10.0.5.0/24'] });
    assert.deepEqual(patchOf(base, { ...formOf(base), comment: '', lists: [] }), { comment: null, lists: [] });
  });
  it('of a list are its comment', () => {
    const list = { name: 'mirrors', comment: 'Packages', rules: [] };
    assert.deepEqual(patchOf(list, formOf(list)), {});
    assert.deepEqual(patchOf(list, { ...formOf(list), comment: 'More' }), { comment: 'More' });
  });
  it('that two changed are told by field, those only that differ', () => {
    const theirs = { ...base, mode: 'audit', grace: 'jvm', comment: 'Same' };
    const fields = compareSettings(base, theirs, { ...formOf(base), mode: 'enforce', clients: '10.9.0.0/16', comment: 'Same' });
    assert.deepEqual(differing(fields).map(one => [one.key, one.mine, one.theirs]), [['clients', '10.9.0.0/16', '10.0.4.0/24'], ['mode', 'enforce', 'audit'], ['grace', 'default', 'jvm']]);
    assert.ok(!fields.some(collides));
  });
  it('collide where both made another thing of one', () => {
    const fields = compareSettings(base, { ...base, comment: 'Theirs' }, { ...formOf(base), comment: 'Mine' });
    assert.deepEqual(fields.filter(collides).map(one => one.key), ['comment']);
  });
  it('taken from another keep what was typed elsewhere', () => {
    const theirs = { ...base, comment: 'Theirs', families: 'ipv4' };
    const form = rebase(base, theirs, { ...formOf(base), comment: 'Mine', clients: '10.9.0.0/16', tunnels: 'block' });
    assert.deepEqual(form, { ...formOf(theirs), clients: '10.9.0.0/16', tunnels: 'block' });
    assert.deepEqual(patchOf(theirs, form), { clients: ['10.9.0.0/16'], tunnels: 'block' });
  });
});

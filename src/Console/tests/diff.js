import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffLines, mergeTexts } from '../src/parts/diff';

const before = lines => lines.filter(one => one.kind !== 'add').map(one => one.text);
const after = lines => lines.filter(one => one.kind !== 'del').map(one => one.text);
const short = (left, right) => diffLines(left.split('').join('\n'), right.split('').join('\n')).map(one => ({ same: '', add: '+', del: '-' })[one.kind] + one.text).join(' ');

/** Numbers below a bound, the same in every run. */
function* numbers(bound) {
  for (let state = 1; ; state = (state * 48_271) % 2_147_483_647) yield state % bound;
}

describe('the difference of two texts', () => {
  it('is nothing for equal ones', () => assert.equal(short('abc', 'abc'), 'a b c'));
  it('tells what was added, removed and replaced', () => {
    assert.equal(short('abc', 'abxc'), 'a b +x c');
    assert.equal(short('abc', 'ac'), 'a -b c');
    assert.equal(short('abc', 'axc'), 'a -b +x c');
  });
  it('keeps the longest common part', () => assert.equal(diffLines('a\nb\nc\nd\ne', 'x\nb\nd\ny\ne').filter(one => one.kind === 'same').length, 3));
  it('tells of an empty text and of one without a last line break', () => {
    assert.deepEqual(before(diffLines('', 'a')), ['']);
    assert.deepEqual(after(diffLines('a\n', 'a')), ['a']);
  });
  it('gives both texts back, whatever they are', () => {
    const random = numbers(1_000);
    const text = () => Array.from({ length: random.next().value % 12 }, () => 'abc'[random.next().value % 3]).join('\n');
    for (let turn = 0; turn < 2_000; turn++) {
      const [left, right] = [text(), text()];
      const lines = diffLines(left, right);
      assert.equal(before(lines).join('\n'), left);
      assert.equal(after(lines).join('\n'), right);
    }
  });
  it('takes two large texts that have nothing in common as a whole', () => {
    const large = letter => Array.from({ length: 2_100 }, (_, at) => letter + at).join('\n');
    const lines = diffLines(large('a'), large('b'));
    assert.equal(lines.length, 4_200);
    assert.equal(lines.findIndex(one => one.kind === 'add'), 2_100);
  });
});

describe('two changes of one text', () => {
  const base = 'a\nb\nc\nd\ne\nf';
  it('are joined where they are apart', () => assert.equal(mergeTexts(base, 'A\nb\nc\nd\ne\nf', 'a\nb\nc\nd\ne\nF'), 'A\nb\nc\nd\ne\nF'));
  it('are joined where one adds and the other removes elsewhere', () => assert.equal(mergeTexts(base, 'a\nx\nb\nc\nd\ne\nf', 'a\nb\nc\nd\nf'), 'a\nx\nb\nc\nd\nf'));
  it('are one where both are the same', () => assert.equal(mergeTexts(base, 'a\nX\nc\nd\ne\nf', 'a\nX\nc\nd\ne\nf'), 'a\nX\nc\nd\ne\nf'));
  it('are not joined where they touch', () => {
    assert.equal(mergeTexts(base, 'a\nX\nc\nd\ne\nf', 'a\nY\nc\nd\ne\nf'), null);
    assert.equal(mergeTexts(base, 'a\nX\nc\nd\ne\nf', 'a\nb\nY\nd\ne\nf'), null);
    assert.equal(mergeTexts(base, 'a\nb\nx\nc\nd\ne\nf', 'a\nb\ny\nc\nd\ne\nf'), null);
  });
  it('leave the other alone where one is none', () => assert.equal(mergeTexts(base, base, 'a\nf'), 'a\nf'));
});

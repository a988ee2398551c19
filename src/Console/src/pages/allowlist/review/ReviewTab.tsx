import { useCollection } from '@cloudscape-design/collection-hooks';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { api, take } from '../../../api/client';
import { removeRules } from '../../../api/policy';
import { useVersion } from '../../../api/queries';
import type { Holder, ReviewedRule } from '../../../api/types';
import { Mono, Tag } from '../../../parts/Badges';
import { DataTable } from '../../../parts/DataTable';
import { formatCount, formatWord, plural } from '../../../parts/format';
import { Empty, Loaded } from '../../../parts/States';
import { Time } from '../../../parts/Time';
import { patternOf } from '../../../rules/draft';
import { useRuleEdits } from '../../../rules/useRuleEdits';
import { holderPath } from '../../../rules/useRuleNames';
import { useAccess } from '../../../shell/access';
import { useFlashes } from '../../../shell/flashes';

const spans = [7, 30, 90].map(days => ({ value: String(days), label: `The last ${days} days` }));
const tones: Record<string, 'good' | 'warn' | 'bad' | 'plain'> = { used: 'good', unused: 'warn', shadowed: 'warn', expired: 'plain' };
const states = ['unused', 'shadowed', 'expired', 'used'];

const holderOf = (text: string): Holder => {
  const [kind, ...name] = text.split('/');
  return { kind: kind as Holder['kind'], name: name.join('/') };
};

/** Which rules nobody needs: not used in a span of time, decided by others, or over. */
export default function ReviewTab() {
  const [days, setDays] = useState('30');
  const review = useQuery({
    queryKey: ['policy', 'review', days],
    queryFn: () =>
      take(
        api.GET('/api/v1/policy:review', { params: { query: { since: new Date(Date.now() - Number(days) * 86_400_000).toISOString() } } }),
      ),
    staleTime: 30_000,
  });
  return (
    <SpaceBetween size="m">
      <div className="dg-short">
        <Select
          selectedOption={spans.find(one => one.value === days) ?? null}
          options={spans}
          onChange={({ detail }) => setDays(detail.selectedOption.value ?? '30')}
          ariaLabel="Span of time"
        />
      </div>
      <Loaded query={review} what="The review">
        {data => (
          <ReviewTable
            rules={data.rules}
            counts={{ used: data.used, unused: data.unused, shadowed: data.shadowed, expired: data.expired }}
          />
        )}
      </Loaded>
    </SpaceBetween>
  );
}

function ReviewTable({ rules, counts }: { rules: ReviewedRule[]; counts: Record<string, number> }) {
  const [params, setParams] = useSearchParams();
  const state = params.get('state') ?? 'unused';
  const mayEdit = useAccess().may('policy:write');
  const revision = useVersion().data?.revision;
  const { refresh } = useRuleEdits();
  const { show, fail } = useFlashes();
  const [isBusy, setBusy] = useState(false);
  const navigate = useNavigate();
  const wanted = useMemo(() => rules.filter(one => one.state === state), [rules, state]);
  const { items, collectionProps, paginationProps, actions } = useCollection(wanted, {
    pagination: { pageSize: 50 },
    sorting: {},
    selection: { trackBy: one => `${one.holder}/${one.rule.id}` },
    filtering: {
      empty: (
        <Empty title={`No rule is ${state}`}>{state === 'used' ? 'Nothing was asked for in this span.' : 'Nothing to tidy up here.'}</Empty>
      ),
    },
  });
  const shadowing = (one: ReviewedRule) => {
    const wider = rules.find(other => other.rule.id === one.shadowedBy);
    return wider ? patternOf(wider.rule) : one.shadowedBy;
  };
  const selected = collectionProps.selectedItems ?? [];

  const remove = async () => {
    setBusy(true);
    try {
      let base = revision ?? 0;
      for (const holder of new Set(selected.map(one => one.holder)))
        base = (
          await removeRules(
            holderOf(holder),
            selected.filter(one => one.holder === holder).map(one => one.rule.id ?? ''),
            base,
            `Review: ${state} rules`,
          )
        ).revision;
      show({
        type: 'success',
        content: `${plural(selected.length, 'rule')} removed. Revision ${base} is in force; an older one can be restored.`,
        actions: [{ text: 'Show revisions', run: () => navigate('/allowlist/revisions') }],
      });
      actions.setSelectedItems([]);
    } catch (error) {
      fail('Not all could be removed', error);
    } finally {
      setBusy(false);
      await refresh();
    }
  };

  return (
    <DataTable<ReviewedRule>
      {...collectionProps}
      items={items}
      selectionType={mayEdit && state !== 'used' ? 'multi' : undefined}
      header={
        <Header
          counter={`(${formatCount(counts[state])})`}
          description="What is removed here can be restored from the revisions."
          actions={
            mayEdit &&
            state !== 'used' && (
              <Button disabled={selected.length === 0} loading={isBusy} onClick={remove}>
                Remove
              </Button>
            )
          }
        >
          {formatWord(state)} rules
        </Header>
      }
      filter={
        <SegmentedControl
          label="State"
          selectedId={state}
          onChange={({ detail }) => setParams({ state: detail.selectedId }, { replace: true })}
          options={states.map(id => ({ id, text: `${formatWord(id)} ${formatCount(counts[id])}` }))}
        />
      }
      pagination={wanted.length > 50 && <Pagination {...paginationProps} />}
      columnDefinitions={[
        {
          id: 'pattern',
          header: 'Pattern',
          cell: one => (
            <>
              <Tag tone={one.rule.deny ? 'bad' : 'good'}>{one.rule.deny ? 'deny' : 'allow'}</Tag> <Mono strong>{patternOf(one.rule)}</Mono>
            </>
          ),
          sortingComparator: (one, other) => patternOf(one.rule).localeCompare(patternOf(other.rule)),
          isRowHeader: true,
          width: 320,
          minWidth: 320,
        },
        {
          id: 'holder',
          header: 'In',
          cell: one => (
            <Link className="dg-link" to={`${holderPath(holderOf(one.holder))}?rule=${encodeURIComponent(one.rule.id ?? '')}`}>
              {holderOf(one.holder).name}
            </Link>
          ),
          sortingField: 'holder',
          width: 160,
          minWidth: 160,
        },
        { id: 'state', header: 'State', cell: one => <Tag tone={tones[one.state]}>{one.state}</Tag>, width: 110, minWidth: 110 },
        {
          id: 'queries',
          header: 'Queries',
          cell: one => <span className="dg-number">{formatCount(one.queries)}</span>,
          sortingField: 'queries',
          width: 100,
          minWidth: 100,
        },
        {
          id: 'last',
          header: 'Last',
          cell: one => (one.lastSeen ? <Time at={one.lastSeen} /> : <span className="dg-soft">never</span>),
          sortingField: 'lastSeen',
          width: 110,
          minWidth: 110,
        },
        { id: 'by', header: 'Decided instead by', cell: one => one.shadowedBy && <Mono>{shadowing(one)}</Mono>, minWidth: 170 },
      ]}
      ariaLabels={{
        selectionGroupLabel: 'Rules',
        allItemsSelectionLabel: () => 'Select all',
        itemSelectionLabel: (_, one) => `Select ${patternOf(one.rule)}`,
        tableLabel: 'Reviewed rules',
      }}
    />
  );
}

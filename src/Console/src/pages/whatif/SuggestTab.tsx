import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import type { Suggestions } from '../../api/types';
import { Mono } from '../../parts/Badges';
import { DataTable } from '../../parts/DataTable';
import { formatCount, plural } from '../../parts/format';
import { Empty, Loaded } from '../../parts/States';
import { patternOf } from '../../rules/draft';
import { useRuleEdits } from '../../rules/useRuleEdits';
import { useAccess } from '../../shell/access';
import { useFlashes } from '../../shell/flashes';

type Suggestion = Suggestions['suggestions'][number];
type Tightening = Suggestions['tighten'][number];

const spans = [7, 30, 90].map(days => ({ value: String(days), label: `From the last ${days} days` }));

/** Rules that the log asks for, and wide ones that could be narrower. */
export default function SuggestTab() {
  const [days, setDays] = useState('7');
  const suggestions = useQuery({
    queryKey: ['policy', 'suggest', days],
    queryFn: () =>
      take(api.POST('/api/v1/policy:suggest', { body: { since: new Date(Date.now() - Number(days) * 86_400_000).toISOString() } })),
    staleTime: 30_000,
  });
  return (
    <SpaceBetween size="m">
      <div className="dg-short">
        <Select
          selectedOption={spans.find(one => one.value === days) ?? null}
          options={spans}
          onChange={({ detail }) => setDays(detail.selectedOption.value ?? '7')}
          ariaLabel="Span of time"
        />
      </div>
      <Loaded query={suggestions} what="The suggestions">
        {data => (
          <SpaceBetween size="m">
            <MissingTable items={data.suggestions} />
            <TightenTable items={data.tighten} />
            {data.yaml && (
              <ExpandableSection headerText="As text, for a file that is kept elsewhere" variant="container">
                <SpaceBetween size="s">
                  <CopyToClipboard
                    textToCopy={data.yaml}
                    copyButtonText="Copy"
                    copySuccessText="Copied"
                    copyErrorText="The browser did not allow it"
                  />
                  <pre className="dg-code">{data.yaml}</pre>
                </SpaceBetween>
              </ExpandableSection>
            )}
          </SpaceBetween>
        )}
      </Loaded>
    </SpaceBetween>
  );
}

function Names({ names }: { names: string[] }) {
  return (
    <span title={names.join('\n')}>
      <Mono>{names.slice(0, 2).join(', ')}</Mono>
      {names.length > 2 && <span className="dg-soft"> and {names.length - 2} more</span>}
    </span>
  );
}

function MissingTable({ items }: { items: Suggestion[] }) {
  const mayEdit = useAccess().may('policy:write');
  const { add } = useRuleEdits();
  const { fail } = useFlashes();
  const take = async (one: Suggestion) => {
    try {
      await add(
        { kind: 'groups', name: one.group },
        one.rule,
        `Suggested from ${plural(one.queries, 'query', 'queries')} of ${plural(one.clients, 'client')}`,
      );
    } catch (error) {
      fail('The rule was not added', error);
    }
  };
  return (
    <DataTable<Suggestion>
      items={items}
      header={
        <Header
          variant="h2"
          counter={`(${items.length})`}
          description="What was blocked again and again. Look at each before you take it over."
        >
          Missing rules
        </Header>
      }
      ariaLabels={{ tableLabel: 'Missing rules' }}
      columnDefinitions={[
        {
          id: 'rule',
          header: 'Rule',
          cell: one => <Mono strong>{patternOf(one.rule)}</Mono>,
          isRowHeader: true,
          width: 230,
          minWidth: 230,
        },
        { id: 'group', header: 'For', cell: one => one.group, width: 110, minWidth: 110 },
        { id: 'names', header: 'Covers', cell: one => <Names names={one.names} />, minWidth: 200 },
        {
          id: 'use',
          header: 'Asked',
          cell: one =>
            `${plural(one.queries, 'query', 'queries')}, ${plural(one.clients, 'client')}, ${one.daysSeen} of ${plural(one.days, 'day')}`,
          width: 280,
          minWidth: 200,
        },
        { id: 'sure', header: 'Confidence', cell: one => `${Math.round(one.confidence * 100)} %`, width: 120, minWidth: 120 },
        ...(mayEdit
          ? [
              {
                id: 'act',
                header: <span className="dg-hidden">Action</span>,
                cell: (one: Suggestion) => (
                  <button
                    type="button"
                    className="dg-act"
                    aria-label={`Allow ${patternOf(one.rule)} for ${one.group}`}
                    onClick={() => take(one)}
                  >
                    Allow
                  </button>
                ),
                width: 90,
              },
            ]
          : []),
      ]}
      empty={<Empty title="Nothing is missing">Nothing was blocked often enough to suggest a rule.</Empty>}
    />
  );
}

function TightenTable({ items }: { items: Tightening[] }) {
  return (
    <DataTable<Tightening>
      items={items}
      header={
        <Header variant="h2" counter={`(${items.length})`} description="Wide rules of which only a few names are used.">
          Rules that could be narrower
        </Header>
      }
      ariaLabels={{ tableLabel: 'Rules that could be narrower' }}
      columnDefinitions={[
        {
          id: 'rule',
          header: 'Rule',
          cell: one => <Mono strong>{patternOf(one.rule)}</Mono>,
          isRowHeader: true,
          width: 230,
          minWidth: 230,
        },
        { id: 'holder', header: 'In', cell: one => one.holder.split('/').slice(1).join('/'), width: 170, minWidth: 130 },
        { id: 'names', header: 'Used for', cell: one => <Names names={one.names} />, width: 260, minWidth: 260 },
        { id: 'queries', header: 'Queries', cell: one => formatCount(one.queries), width: 90 },
        {
          id: 'instead',
          header: 'Would do',
          cell: one =>
            one.replacement.map(rule => (
              <div key={patternOf(rule)}>
                <Mono>{patternOf(rule)}</Mono>
              </div>
            )),
          minWidth: 170,
        },
      ]}
      empty={<Empty title="None is wider than its use" />}
    />
  );
}

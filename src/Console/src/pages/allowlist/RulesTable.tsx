import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { ApiError } from '../../api/problem';
import type { Holder, Rule } from '../../api/types';
import { Mono, Tag } from '../../parts/Badges';
import { DataTable } from '../../parts/DataTable';
import { plural } from '../../parts/format';
import { Empty } from '../../parts/States';
import { Time } from '../../parts/Time';
import { patternOf } from '../../rules/draft';
import { useRuleEdits } from '../../rules/useRuleEdits';
import { useAccess } from '../../shell/access';
import { useFlashes } from '../../shell/flashes';
import { RuleDialog } from './RuleDialog';

const text = (rule: Rule) =>
  [patternOf(rule), rule.comment, rule.owner, rule.ticket, rule.id, ...(rule.ports ?? [])].join(' ').toLowerCase();
const isOver = (rule: Rule) => rule.expires != null && Date.parse(rule.expires) <= Date.now();

/** The rules of a group or list. */
export function RulesTable({ holder, rules, revision }: { holder: Holder; rules: Rule[]; revision: number }) {
  const [params, setParams] = useSearchParams();
  const wanted = params.get('rule');
  const [editing, setEditing] = useState<Rule | 'new' | null>(null);
  const mayEdit = useAccess().may('policy:write');
  const edits = useRuleEdits();
  const { fail } = useFlashes();
  const { items, actions, filterProps, paginationProps, collectionProps, filteredItemsCount } = useCollection(rules, {
    filtering: {
      defaultFilteringText: wanted ?? '',
      filteringFunction: (rule, filter) => text(rule).includes(filter.trim().toLowerCase()),
      empty: <Empty title="There is no rule">Every name is blocked for these clients, unless a list allows it.</Empty>,
      noMatch: <Empty title="No rule matches" action={<Button onClick={() => clear()}>Clear the filter</Button>} />,
    },
    pagination: { pageSize: 50 },
    sorting: {},
    selection: { keepSelection: true, trackBy: 'id' },
  });
  const clear = () => {
    actions.setFiltering('');
    setParams({}, { replace: true });
  };
  const selected = mayEdit ? (collectionProps.selectedItems ?? []) : [];

  const remove = async () => {
    try {
      await edits.remove(holder, [...selected], revision);
      actions.setSelectedItems([]);
    } catch (error) {
      fail(
        error instanceof ApiError && error.status === 412
          ? 'Somebody has edited the policy meanwhile. The rules are read again; look once more, then repeat it'
          : 'It was not removed',
        error,
      );
      void edits.refresh();
    }
  };

  return (
    <>
      <DataTable<Rule>
        {...collectionProps}
        selectedItems={[...selected]}
        items={items}
        selectionType={mayEdit ? 'multi' : undefined}
        trackBy="id"
        header={
          <Header
            counter={`(${rules.length})`}
            description="The most specific pattern decides; at equal specificity deny wins."
            actions={
              mayEdit && (
                <SpaceBetween direction="horizontal" size="xs">
                  <Button disabled={selected.length === 0} onClick={remove}>
                    Remove
                  </Button>
                  <Button variant="primary" onClick={() => setEditing('new')}>
                    Add rule
                  </Button>
                </SpaceBetween>
              )
            }
          >
            Rules
          </Header>
        }
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find by pattern, comment, owner, ticket"
            filteringAriaLabel="Find rules"
            countText={plural(filteredItemsCount ?? 0, 'rule')}
          />
        }
        pagination={rules.length > 50 && <Pagination {...paginationProps} />}
        columnDefinitions={[
          {
            id: 'action',
            header: 'Action',
            cell: rule => (rule.deny ? <Tag tone="bad">✕ deny</Tag> : <Tag tone="good">✓ allow</Tag>),
            width: 96,
          },
          {
            id: 'pattern',
            header: 'Pattern',
            cell: rule => <RulePattern rule={rule} onEdit={mayEdit ? () => setEditing(rule) : undefined} />,
            sortingComparator: (one, other) => patternOf(one).localeCompare(patternOf(other)),
            width: 280,
            minWidth: 280,
            isRowHeader: true,
          },
          { id: 'ports', header: 'Ports', cell: rule => rule.ports && <Mono>{rule.ports.join(', ')}</Mono>, width: 150, minWidth: 150 },
          {
            id: 'expires',
            header: 'Expires',
            cell: rule => rule.expires && (isOver(rule) ? <Tag tone="warn">expired</Tag> : <Time at={rule.expires} />),
            sortingField: 'expires',
            width: 100,
            minWidth: 100,
          },
          { id: 'why', header: 'Why', cell: rule => (rule.comment || rule.owner || rule.ticket) && <Why rule={rule} />, minWidth: 170 },
          {
            id: 'act',
            header: <span className="dg-hidden">Queries</span>,
            cell: rule => (
              <Link
                className="dg-link"
                to={`/log?rule=${encodeURIComponent(`${holder.name}/${rule.id}`)}`}
                aria-label={`Queries that ${patternOf(rule)} decided`}
              >
                Queries
              </Link>
            ),
            width: 90,
          },
        ]}
        ariaLabels={{
          selectionGroupLabel: 'Rules',
          allItemsSelectionLabel: () => 'Select all',
          itemSelectionLabel: (_, rule) => `Select ${patternOf(rule)}`,
          tableLabel: `Rules of ${holder.name}`,
        }}
      />
      {editing && (
        <RuleDialog holder={holder} rule={editing === 'new' ? null : editing} revision={revision} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

function RulePattern({ rule, onEdit }: { rule: Rule; onEdit?: () => void }) {
  const pattern = <Mono strong>{patternOf(rule)}</Mono>;
  return (
    <>
      {onEdit ? (
        <button type="button" className="dg-link" onClick={onEdit} aria-label={`Edit ${patternOf(rule)}`}>
          {pattern}
        </button>
      ) : (
        pattern
      )}{' '}
      {rule.broad && <Tag tone="warn">broad</Tag>} {rule.dnssec && <Tag tone="info">DNSSEC</Tag>}{' '}
      {rule.private && <Tag tone="info">private</Tag>}
      {rule.types && <span className="dg-soft"> {rule.types.join(' ')}</span>}
    </>
  );
}

function Why({ rule }: { rule: Rule }) {
  return (
    <>
      {rule.comment}
      <Box variant="small" display="block" color="text-body-secondary">
        {[rule.owner, rule.ticket].filter(Boolean).join(' · ')}
      </Box>
    </>
  );
}

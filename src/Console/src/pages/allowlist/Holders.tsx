import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Link } from 'react-router';
import { useGroups, useLists } from '../../api/queries';
import type { Group, Holder, RuleList } from '../../api/types';
import { Mono, Tag } from '../../parts/Badges';
import { DataTable } from '../../parts/DataTable';
import { formatCount } from '../../parts/format';
import { Empty, Loaded } from '../../parts/States';
import { holderPath } from '../../rules/useRuleNames';
import { useAccess } from '../../shell/access';
import { NewHolderDialog } from './NewHolderDialog';

/** Every group and list. */
export function Holders() {
  const groups = useGroups();
  const lists = useLists();
  const mayEdit = useAccess().may('policy:write');
  const [making, setMaking] = useState<Holder['kind'] | null>(null);
  const makeButton = (kind: Holder['kind'], text: string) => mayEdit && <Button onClick={() => setMaking(kind)}>{text}</Button>;

  return (
    <SpaceBetween size="l">
      <Loaded query={groups} what="The groups">
        {({ body }) => (
          <DataTable<Group>
            items={body}
            trackBy="name"
            header={
              <Header
                counter={`(${body.length})`}
                description="Clients by address; the most specific network wins, and 'default' catches the rest."
                actions={makeButton('groups', 'New group')}
              >
                Groups
              </Header>
            }
            columnDefinitions={[
              {
                id: 'name',
                header: 'Name',
                cell: one => <HolderLink kind="groups" name={one.name} />,
                isRowHeader: true,
                width: 170,
                minWidth: 170,
              },
              {
                id: 'clients',
                header: 'Clients',
                cell: one =>
                  one.clients.length > 0 ? (
                    <Mono>{short(one.clients)}</Mono>
                  ) : (
                    <span className="dg-soft">{one.name === 'default' ? 'all others' : 'none'}</span>
                  ),
                width: 200,
                minWidth: 200,
              },
              {
                id: 'mode',
                header: 'Mode',
                cell: one => <Tag tone={one.mode === 'enforce' ? 'good' : 'warn'}>{one.mode}</Tag>,
                width: 100,
                minWidth: 100,
              },
              { id: 'rules', header: 'Rules', cell: one => <span className="dg-number">{formatCount(one.rules.length)}</span>, width: 80 },
              {
                id: 'lists',
                header: 'Lists',
                cell: one =>
                  one.lists.map((list, at) => (
                    <span key={list}>
                      {at > 0 && ', '}
                      <HolderLink kind="lists" name={list} />
                    </span>
                  )),
                width: 310,
                minWidth: 200,
              },
              { id: 'comment', header: 'Comment', cell: one => one.comment, minWidth: 170 },
            ]}
            empty={<Empty title="There is no group">Without one, every client is refused.</Empty>}
          />
        )}
      </Loaded>
      <Loaded query={lists} what="The lists">
        {({ body }) => (
          <DataTable<RuleList>
            items={body}
            trackBy="name"
            header={
              <Header
                counter={`(${body.length})`}
                description="Named sets of rules that groups share."
                actions={makeButton('lists', 'New list')}
              >
                Lists
              </Header>
            }
            columnDefinitions={[
              {
                id: 'name',
                header: 'Name',
                cell: one => <HolderLink kind="lists" name={one.name} />,
                isRowHeader: true,
                width: 170,
                minWidth: 170,
              },
              { id: 'rules', header: 'Rules', cell: one => <span className="dg-number">{formatCount(one.rules.length)}</span>, width: 80 },
              {
                id: 'used',
                header: 'Used by',
                cell: one =>
                  (groups.data?.body ?? [])
                    .filter(group => group.lists.includes(one.name))
                    .map(group => group.name)
                    .join(', ') || <span className="dg-soft">no group</span>,
                width: 250,
                minWidth: 250,
              },
              { id: 'comment', header: 'Comment', cell: one => one.comment, minWidth: 170 },
            ]}
            empty={<Empty title="There is no list">Groups can do without; lists save repeating the same rules.</Empty>}
          />
        )}
      </Loaded>
      {making && <NewHolderDialog kind={making} onClose={() => setMaking(null)} />}
    </SpaceBetween>
  );
}

function HolderLink({ kind, name }: Holder) {
  return (
    <Link className="dg-link" to={holderPath({ kind, name })}>
      {name}
    </Link>
  );
}

function short(clients: string[]): string {
  return clients.length > 3 ? `${clients.slice(0, 3).join(', ')} and ${clients.length - 3} more` : clients.join(', ');
}

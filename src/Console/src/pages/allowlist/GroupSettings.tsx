import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { deleteHolder } from '../../api/policy';
import type { Group, Holder } from '../../api/types';
import { Mono, Tag } from '../../parts/Badges';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { useRuleEdits } from '../../rules/useRuleEdits';
import { holderPath } from '../../rules/useRuleNames';
import { useAccess } from '../../shell/access';
import { useFlashes } from '../../shell/flashes';
import { SettingsDialog } from './SettingsDialog';

/** What a group or list says beside its rules. */
export function GroupSettings({ holder, body, revision }: { holder: Holder; body: Group; revision: number }) {
  const [dialog, setDialog] = useState<'edit' | 'remove' | null>(null);
  const mayEdit = useAccess().may('policy:write');
  const navigate = useNavigate();
  const { refresh } = useRuleEdits();
  const { show } = useFlashes();
  const isGroup = holder.kind === 'groups';
  const facts: [string, React.ReactNode][] = isGroup
    ? [
        [
          'Clients',
          body.clients.length > 0 ? (
            <Mono>{body.clients.join(', ')}</Mono>
          ) : body.name === 'default' ? (
            'All that no other group names'
          ) : (
            'None'
          ),
        ],
        [
          'Lists',
          body.lists.length > 0
            ? body.lists.map((list, at) => (
                <span key={list}>
                  {at > 0 && ', '}
                  <Link className="dg-link" to={holderPath({ kind: 'lists', name: list })}>
                    {list}
                  </Link>
                </span>
              ))
            : 'None',
        ],
        [
          'Mode',
          <Tag key="mode" tone={body.mode === 'enforce' ? 'good' : 'warn'}>
            {body.mode}
          </Tag>,
        ],
        ['Blocked names get', body.blockResponse],
        ['Aliases', body.aliases],
        ['Address families', body.families],
        ['Tunnels', body.tunnels],
        ['Query log', body.queryLog],
        ['Grace', body.grace],
        ['Encrypted Client Hello', body.ech],
        ['Targets', body.targets?.join(', ') ?? 'All'],
      ]
    : [];

  const remove = async () => {
    const edit = await deleteHolder(holder, revision);
    await refresh();
    show({
      type: 'success',
      content: `${holder.name} is removed. Revision ${edit.revision} is in force; an older one can be restored.`,
      actions: [{ text: 'Show revisions', run: () => navigate('/allowlist/revisions') }],
    });
    navigate('/allowlist');
  };

  return (
    <Container
      header={
        <Header
          variant="h2"
          description={body.comment}
          actions={
            mayEdit && (
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => setDialog('remove')}>Remove</Button>
                <Button onClick={() => setDialog('edit')}>Edit settings</Button>
              </SpaceBetween>
            )
          }
        >
          {isGroup ? 'Group' : 'List'} {holder.name}
        </Header>
      }
    >
      {facts.length > 0 && (
        <dl className="dg-facts">
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {dialog === 'edit' && <SettingsDialog holder={holder} body={body} revision={revision} onClose={() => setDialog(null)} />}
      {dialog === 'remove' && (
        <ConfirmDialog title={`Remove ${holder.name}?`} action="Remove" onConfirm={remove} onClose={() => setDialog(null)}>
          {isGroup
            ? 'Its clients fall back to the next wider group, or are refused. What only it had opened closes within a second.'
            : 'Groups that use it must let go of it first.'}
        </ConfirmDialog>
      )}
    </Container>
  );
}

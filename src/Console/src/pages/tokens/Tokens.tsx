import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import type { CreatedToken, Token } from '../../api/types';
import { Mono, Tag } from '../../parts/Badges';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { DataTable } from '../../parts/DataTable';
import { Empty, Loaded } from '../../parts/States';
import { Time } from '../../parts/Time';
import { NewTokenDialog } from './NewTokenDialog';
import { SecretDialog } from './SecretDialog';

const isOver = (token: Token) => token.expires != null && Date.parse(token.expires) <= Date.now();

/** Who may use the API, and for what. */
export default function Tokens() {
  const [dialog, setDialog] = useState<'new' | Token | CreatedToken | null>(null);
  const queries = useQueryClient();
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: () => take(api.GET('/api/v1/tokens')).then(page => page.items) });
  const renew = () => queries.invalidateQueries({ queryKey: ['tokens'] });
  const revoke = async (token: Token) => {
    await take(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id: token.id } } }));
    await renew();
  };

  return (
    <>
      <Loaded query={tokens} what="The tokens">
        {items => (
          <DataTable<Token>
            items={items}
            trackBy="id"
            header={
              <Header
                variant="h1"
                counter={`(${items.length})`}
                description={
                  items.length === 0
                    ? 'Until the first one is made, whoever sits at this machine may do everything.'
                    : 'Who may use the API and this console, and for what.'
                }
                actions={
                  <Button variant="primary" onClick={() => setDialog('new')}>
                    Make token
                  </Button>
                }
              >
                Tokens
              </Header>
            }
            columnDefinitions={[
              { id: 'name', header: 'Name', cell: one => one.name, isRowHeader: true, width: 180, minWidth: 180 },
              { id: 'id', header: 'Id', cell: one => <Mono>{one.id}</Mono>, width: 160, minWidth: 160 },
              {
                id: 'scopes',
                header: 'May',
                cell: one => (
                  <SpaceBetween direction="horizontal" size="xxs">
                    {one.scopes.map(scope => (
                      <Tag key={scope} tone={scope === 'admin' ? 'warn' : 'plain'}>
                        {scope}
                      </Tag>
                    ))}
                  </SpaceBetween>
                ),
                minWidth: 170,
              },
              { id: 'created', header: 'Made', cell: one => <Time at={one.created} />, width: 110, minWidth: 110 },
              {
                id: 'expires',
                header: 'Expires',
                cell: one => (one.expires ? <Time at={one.expires} /> : <span className="dg-soft">never</span>),
                width: 110,
                minWidth: 110,
              },
              {
                id: 'state',
                header: 'State',
                cell: one =>
                  one.revoked ? <Tag tone="bad">revoked</Tag> : isOver(one) ? <Tag tone="warn">expired</Tag> : <Tag tone="good">valid</Tag>,
                width: 100,
                minWidth: 100,
              },
              {
                id: 'act',
                header: <span className="dg-hidden">Action</span>,
                cell: one =>
                  !one.revoked && (
                    <button type="button" className="dg-act" aria-label={`Revoke ${one.name}…`} onClick={() => setDialog(one)}>
                      Revoke…
                    </button>
                  ),
                width: 110,
                minWidth: 110,
              },
            ]}
            ariaLabels={{ tableLabel: 'Tokens' }}
            empty={
              <Empty title="There is no token">
                Make one for yourself first, with the scope admin: from then on everybody has to sign in.
              </Empty>
            }
          />
        )}
      </Loaded>
      {dialog === 'new' && (
        <NewTokenDialog
          onClose={() => setDialog(null)}
          onMade={token => {
            setDialog(token);
            void renew();
          }}
        />
      )}
      {dialog && dialog !== 'new' && 'secret' in dialog && <SecretDialog token={dialog} onClose={() => setDialog(null)} />}
      {dialog && dialog !== 'new' && !('secret' in dialog) && (
        <ConfirmDialog title={`Revoke ${dialog.name}?`} action="Revoke" onConfirm={() => revoke(dialog)} onClose={() => setDialog(null)}>
          Whoever uses it is turned away from the next request on. It cannot be brought back.
        </ConfirmDialog>
      )}
    </>
  );
}

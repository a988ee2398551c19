import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, take } from '../../api/client';
import { useGroups } from '../../api/queries';
import type { Grant } from '../../api/types';
import { Mono } from '../../parts/Badges';
import { DataTable } from '../../parts/DataTable';
import { Empty, Loaded } from '../../parts/States';
import { Time } from '../../parts/Time';
import { RuleLink } from '../../rules/RuleLink';
import { useAccess } from '../../shell/access';
import { RevokeDialog } from './RevokeDialog';

const all = { value: '', label: 'All groups' };

/** Every address that is open. */
export function GrantsTable() {
  const [params, setParams] = useSearchParams();
  const group = params.get('group') ?? '';
  const name = params.get('name') ?? '';
  const [typed, setTyped] = useState(name);
  const [revoking, setRevoking] = useState<Grant | null>(null);
  const { may } = useAccess();
  const queries = useQueryClient();
  const groups = useGroups(may('policy:read')).data?.body ?? [];
  const grants = useInfiniteQuery({
    queryKey: ['grants', 'list', group, name],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/grants', {
          params: { query: { limit: 100, ...(group && { group }), ...(name && { name }), ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.nextCursor ?? null,
    refetchInterval: 5_000,
  });
  const set = (key: string, value: string) => {
    const next = new URLSearchParams(params);
    if (value) next.set(key, value);
    else next.delete(key);
    setParams(next, { replace: true });
  };
  // only what is typed counts
  useEffect(() => {
    const timer = setTimeout(() => typed !== name && set('name', typed), 300);
    return () => clearTimeout(timer);
  }, [typed]);

  return (
    <Loaded query={grants} what="The grants">
      {({ pages }) => {
        const items = pages.flatMap(page => page.items);
        return (
          <>
            <DataTable<Grant>
              items={items}
              trackBy="id"
              header={
                <Header
                  counter={`(${items.length}${grants.hasNextPage ? '+' : ''})`}
                  description="An address is open for a group until its time is over or its rule is gone."
                >
                  Open now
                </Header>
              }
              filter={
                <div className="dg-row">
                  <Input
                    type="search"
                    value={typed}
                    onChange={({ detail }) => setTyped(detail.value)}
                    placeholder="Find by name"
                    ariaLabel="Find grants by name"
                  />
                  <Select
                    selectedOption={group ? { value: group, label: group } : all}
                    options={[all, ...groups.map(one => ({ value: one.name, label: one.name }))]}
                    onChange={({ detail }) => set('group', detail.selectedOption.value ?? '')}
                    ariaLabel="Group"
                  />
                </div>
              }
              columnDefinitions={[
                {
                  id: 'address',
                  header: 'Address',
                  cell: one => (
                    <Link className="dg-link" to={`/grants?address=${encodeURIComponent(one.address)}`}>
                      <Mono strong>{one.address}</Mono>
                    </Link>
                  ),
                  isRowHeader: true,
                  width: 140,
                  minWidth: 140,
                },
                { id: 'group', header: 'Group', cell: one => one.group, width: 95, minWidth: 95 },
                {
                  id: 'name',
                  header: 'Because of',
                  cell: one => (
                    <>
                      <Mono>{one.name}</Mono> <span className="dg-soft">{one.type}</span>
                    </>
                  ),
                  width: 210,
                  minWidth: 210,
                },
                { id: 'rule', header: 'Rule', cell: one => <RuleLink rule={one.rule} />, minWidth: 280 },
                { id: 'ports', header: 'Ports', cell: one => <Mono>{one.ports}</Mono>, width: 90, minWidth: 90 },
                { id: 'until', header: 'Closes', cell: one => <Time at={one.until} />, width: 90 },
                { id: 'targets', header: 'Targets', cell: one => one.targets.join(', '), width: 100, minWidth: 100 },
                ...(may('grants:write')
                  ? [
                      {
                        id: 'act',
                        header: <span className="dg-hidden">Action</span>,
                        cell: (one: Grant) => (
                          <button
                            type="button"
                            className="dg-act"
                            aria-label={`Close ${one.address} for ${one.group}…`}
                            onClick={() => setRevoking(one)}
                          >
                            Close…
                          </button>
                        ),
                        width: 90,
                      },
                    ]
                  : []),
              ]}
              ariaLabels={{ tableLabel: 'Grants' }}
              empty={
                <Empty title={name || group ? 'No grant matches' : 'Nothing is open'}>
                  {name || group ? 'Clear the filter to see all.' : 'Addresses open when a client asks for an allowed name.'}
                </Empty>
              }
              footer={
                grants.hasNextPage && (
                  <Box textAlign="center">
                    <Button loading={grants.isFetchingNextPage} onClick={() => grants.fetchNextPage()}>
                      Show more
                    </Button>
                  </Box>
                )
              }
            />
            {revoking && (
              <RevokeDialog
                grant={revoking}
                onClose={() => setRevoking(null)}
                onDone={() => void queries.invalidateQueries({ queryKey: ['grants'] })}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api, take } from '../../api/client';
import type { AuditEntry } from '../../api/types';
import { Mono, Tag } from '../../parts/Badges';
import { DataTable } from '../../parts/DataTable';
import { Empty, Loaded } from '../../parts/States';
import { Time } from '../../parts/Time';

const tone = (detail: string) => (detail.startsWith('2') ? 'good' : detail.startsWith('4') || detail.startsWith('5') ? 'bad' : 'plain');

/** Who tried to change what. */
export default function Audit() {
  const [params, setParams] = useSearchParams();
  const filter = params.get('find') ?? '';
  const audit = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/v1/audit-log', { params: { query: { limit: 100, ...(pageParam && { cursor: Number(pageParam) }) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.nextCursor ?? null,
    refetchInterval: 10_000,
  });
  return (
    <Loaded query={audit} what="The audit log">
      {({ pages }) => {
        const items = pages
          .flatMap(page => page.items)
          .filter(one => `${one.actor} ${one.source} ${one.action} ${one.detail}`.toLowerCase().includes(filter.toLowerCase()));
        return (
          <DataTable<AuditEntry>
            items={items}
            trackBy="id"
            header={
              <Header
                variant="h1"
                description="Every change that was tried. Each entry carries the hash of the one before: none can be changed or taken out unnoticed."
              >
                Audit log
              </Header>
            }
            filter={
              <TextFilter
                filteringText={filter}
                onChange={({ detail }) => setParams(detail.filteringText ? { find: detail.filteringText } : {}, { replace: true })}
                filteringPlaceholder="Find by person, address, or what was done"
                filteringAriaLabel="Find entries"
              />
            }
            columnDefinitions={[
              { id: 'at', header: 'When', cell: one => <Time at={one.at} />, width: 110, minWidth: 110 },
              {
                id: 'actor',
                header: 'Who',
                cell: one => (
                  <>
                    {one.actor}{' '}
                    <span className="dg-soft">
                      from <Mono>{one.source}</Mono>
                    </span>
                  </>
                ),
                width: 270,
                minWidth: 270,
              },
              { id: 'action', header: 'What', cell: one => <Mono>{one.action}</Mono>, isRowHeader: true, minWidth: 260 },
              { id: 'detail', header: 'Result', cell: one => <Tag tone={tone(one.detail)}>{one.detail}</Tag>, width: 120, minWidth: 120 },
              {
                id: 'hash',
                header: 'Hash',
                cell: one => (
                  <span title={one.hash}>
                    <Mono>{one.hash.slice(0, 12)}…</Mono>
                  </span>
                ),
                width: 140,
                minWidth: 140,
              },
            ]}
            ariaLabels={{ tableLabel: 'Audit log' }}
            empty={<Empty title={filter ? 'No entry matches' : 'Nobody has changed anything yet'} />}
            footer={
              audit.hasNextPage && (
                <Box textAlign="center">
                  <Button loading={audit.isFetchingNextPage} onClick={() => audit.fetchNextPage()}>
                    Show older
                  </Button>
                </Box>
              )
            }
          />
        );
      }}
    </Loaded>
  );
}

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, take } from '../../api/client';
import { describe } from '../../api/problem';
import type { QueryRow } from '../../api/types';
import { Empty, Failure, Loading } from '../../parts/States';
import { AllowDialog, type AllowRequest } from '../../rules/AllowDialog';
import { useAccess } from '../../shell/access';
import { ExportMenu } from './ExportMenu';
import { FilterBar } from './FilterBar';
import { apiQuery, type Filters, freeze, readFilters, writeFilters } from './filters';
import { LiveState } from './LiveState';
import { LogTable } from './LogTable';
import { ShareButton } from './ShareButton';
import { useLiveTail } from './useLiveTail';

const outcomes = [
  { id: '', text: 'All' },
  { id: 'blocked', text: 'Blocked' },
  { id: 'audited', text: 'Audited' },
  { id: 'allowed', text: 'Allowed' },
  { id: 'refused', text: 'Refused' },
];

/** Who asked what, and what became of it: searched, or as it happens. */
export default function QueryLog() {
  const [params, setParams] = useSearchParams();
  const address = params.toString();
  const filters = useMemo(() => readFilters(new URLSearchParams(address)), [address]);
  const isLive = params.get('live') === '1';
  const [isPaused, setPaused] = useState(false);
  const [allowing, setAllowing] = useState<AllowRequest | null>(null);
  const mayEdit = useAccess().may('policy:write');

  const change = useCallback(
    (next: Filters, live = isLive) => setParams(writeFilters(next, { live: live ? '1' : undefined })),
    [isLive, setParams],
  );
  const search = useInfiniteQuery({
    queryKey: ['log', filters],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/query-log', {
          params: { query: { ...apiQuery(filters), limit: 100, ...(pageParam !== null && { cursor: Number(pageParam) }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.nextCursor ?? null,
    enabled: !isLive,
  });
  const tail = useLiveTail(`/api/v1/query-log/stream?${new URLSearchParams(apiQuery({ fields: filters.fields }))}`, isLive, isPaused);
  const rows = isLive ? tail.rows : (search.data?.pages.flatMap(page => page.items) ?? []);

  const narrow = useCallback(
    (key: string, value: string) => change({ ...filters, fields: { ...filters.fields, [key]: value } }),
    [change, filters],
  );
  const allow = useCallback(
    (row: QueryRow) =>
      setAllowing({
        name: row.name,
        type: row.type,
        group: row.group ?? 'default',
        client: row.client,
        reason: row.reason,
        rule: row.rule,
      }),
    [],
  );

  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <Toggle
              checked={isLive}
              onChange={({ detail }) => change(detail.checked ? { fields: filters.fields } : filters, detail.checked)}
            >
              Live
            </Toggle>
            <ShareButton filters={() => freeze(filters)} />
            <ExportMenu filters={filters} />
            <Button
              iconName="refresh"
              ariaLabel="Search again"
              disabled={isLive}
              loading={search.isRefetching}
              onClick={() => search.refetch()}
            />
          </SpaceBetween>
        }
      >
        Query log
      </Header>
      <FilterBar filters={filters} onChange={next => change(next)} isLive={isLive} />
      <Container disableContentPaddings>
        <div className="dg-row dg-between dg-pad">
          <SegmentedControl
            label="Outcome"
            selectedId={filters.fields.outcome ?? ''}
            options={outcomes}
            onChange={({ detail }) => change({ ...filters, fields: { ...filters.fields, outcome: detail.selectedId || undefined } })}
          />
          {isLive && <LiveState tail={tail} isPaused={isPaused} onPause={setPaused} />}
        </div>
        {rows.length > 0 && <LogTable rows={rows} mayEdit={mayEdit} onAllow={allow} onFilter={narrow} />}
        {isLive && rows.length === 0 && (
          <Empty title="Waiting for queries">
            {Object.keys(filters.fields).length > 0 ? 'None that match has come yet.' : 'None has come yet.'}
          </Empty>
        )}
        {!isLive && search.isPending && <Loading>Searching</Loading>}
        {!isLive && search.error && rows.length === 0 && (
          <div className="dg-pad">
            <Failure what="The query log" error={search.error} retry={() => search.refetch()} />
          </div>
        )}
        {!isLive && search.data && rows.length === 0 && <Nothing isFiltered={address.length > 0} onClear={() => change({ fields: {} })} />}
        {!isLive && rows.length > 0 && (
          <Box textAlign="center" padding="s">
            {search.isFetchNextPageError && <Box color="text-status-error">{describe(search.error)}</Box>}
            {search.hasNextPage ? (
              <Button loading={search.isFetchingNextPage} onClick={() => search.fetchNextPage()}>
                Show older
              </Button>
            ) : (
              <Box color="text-body-secondary">That is all there is.</Box>
            )}
          </Box>
        )}
      </Container>
      {allowing && <AllowDialog request={allowing} onClose={() => setAllowing(null)} />}
    </SpaceBetween>
  );
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  return isFiltered ? (
    <Empty title="No query matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
      Try a wider span of time, or fewer fields.
    </Empty>
  ) : (
    <Empty title="No query yet">Point a client at this resolver; what it asks for appears here within a second.</Empty>
  );
}

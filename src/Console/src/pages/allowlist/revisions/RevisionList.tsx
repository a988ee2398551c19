import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { api, take } from '../../../api/client';
import type { Revision } from '../../../api/types';
import { Tag } from '../../../parts/Badges';
import { DataTable } from '../../../parts/DataTable';
import { Empty, Loaded } from '../../../parts/States';
import { Time } from '../../../parts/Time';

/** Every revision, the newest first. */
export function RevisionList() {
  const navigate = useNavigate();
  const [selected, setSelected] = useState<Revision[]>([]);
  const revisions = useInfiniteQuery({
    queryKey: ['policy', 'revisions'],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/v1/policy/revisions', { params: { query: { limit: 50, ...(pageParam && { cursor: Number(pageParam) }) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.nextCursor ?? null,
  });
  const [older, newer] = [...selected].sort((one, other) => one.number - other.number);

  return (
    <Loaded query={revisions} what="The history">
      {({ pages }) => {
        const items = pages.flatMap(page => page.items);
        return (
          <DataTable<Revision>
            items={items}
            trackBy="number"
            selectionType="multi"
            selectedItems={selected}
            onSelectionChange={({ detail }) => setSelected(detail.selectedItems.slice(-2))}
            header={
              <Header
                description="Nothing is ever overwritten: restoring an old revision makes a new one."
                actions={
                  <Button disabled={!newer} onClick={() => navigate(`/allowlist/revisions/${newer.number}?against=${older.number}`)}>
                    Compare two
                  </Button>
                }
              >
                Revisions
              </Header>
            }
            columnDefinitions={[
              {
                id: 'number',
                header: 'Revision',
                cell: one => (
                  <SpaceBetween direction="horizontal" size="xs">
                    <Link className="dg-link" to={`/allowlist/revisions/${one.number}`}>
                      {one.number}
                    </Link>
                    {one.number === items[0].number && <Tag tone="good">in force</Tag>}
                  </SpaceBetween>
                ),
                width: 130,
                minWidth: 130,
                isRowHeader: true,
              },
              { id: 'at', header: 'When', cell: one => <Time at={one.at} />, width: 110, minWidth: 110 },
              { id: 'author', header: 'Who', cell: one => one.author, width: 200, minWidth: 200 },
              { id: 'comment', header: 'Why', cell: one => one.comment, minWidth: 170 },
            ]}
            ariaLabels={{
              selectionGroupLabel: 'Revisions',
              allItemsSelectionLabel: () => 'Select all',
              itemSelectionLabel: (_, one) => `Select revision ${one.number}`,
              tableLabel: 'Revisions',
            }}
            empty={<Empty title="There is no revision" />}
            footer={
              revisions.hasNextPage && (
                <Box textAlign="center">
                  <Button loading={revisions.isFetchingNextPage} onClick={() => revisions.fetchNextPage()}>
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

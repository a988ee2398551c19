import Container from '@cloudscape-design/components/container';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { Bars } from '../../charts/Bars';
import { TimeSeries } from '../../charts/TimeSeries';
import { Empty, Loaded } from '../../parts/States';
import { AllowDialog, type AllowRequest } from '../../rules/AllowDialog';
import { RecentBlockedTable } from './RecentBlockedTable';
import { TargetsGlance } from './TargetsGlance';
import { Tiles } from './Tiles';
import { useRecentBlocked, useSummary, useTimeseries, useTop } from './useStats';

const ranges = [
  { id: '15m', text: '15 min', seconds: 900 },
  { id: '1h', text: '1 hour', seconds: 3_600 },
  { id: '24h', text: '24 hours', seconds: 86_400 },
  { id: '7d', text: '7 days', seconds: 604_800 },
];

/** What happens now: how much is asked and blocked, what was blocked just now, and whether enforcement is well. */
export default function Overview() {
  const [params, setParams] = useSearchParams();
  const range = ranges.find(one => one.id === params.get('range')) ?? ranges[1];
  const [allowing, setAllowing] = useState<AllowRequest | null>(null);
  const summary = useSummary(range.seconds);
  const series = useTimeseries(range.seconds);
  const recent = useRecentBlocked(range.seconds);
  const log = (more: Record<string, string>) => `/log?${new URLSearchParams({ ...more, range: range.id })}`;

  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <SegmentedControl
            label="Span"
            selectedId={range.id}
            options={ranges.map(({ id, text }) => ({ id, text }))}
            onChange={({ detail }) => setParams(detail.selectedId === '1h' ? {} : { range: detail.selectedId }, { replace: true })}
          />
        }
      >
        Overview
      </Header>
      <Loaded query={summary} what="The numbers">
        {data => <Tiles summary={data} log={log} />}
      </Loaded>
      <Container header={<Header variant="h2">Queries</Header>}>
        <Loaded query={series} what="The chart">
          {data =>
            data.points.length > 0 ? (
              <TimeSeries points={data.points} step={data.step} seconds={range.seconds} />
            ) : (
              <Empty title="No query in this span" />
            )
          }
        </Loaded>
      </Container>
      <Container
        disableContentPaddings
        header={
          <Header
            variant="h2"
            description="The newest first, one line for each name and group."
            actions={
              <Link className="dg-link" to={log({ outcome: 'blocked' })}>
                All blocked queries
              </Link>
            }
          >
            Blocked just now
          </Header>
        }
      >
        <Loaded query={recent} what="What was blocked">
          {items => <RecentBlockedTable items={items} onAllow={setAllowing} log={log} />}
        </Loaded>
      </Container>
      <Grid
        gridDefinition={[
          { colspan: { default: 12, xs: 6, m: 4 } },
          { colspan: { default: 12, xs: 6, m: 4 } },
          { colspan: { default: 12, m: 4 } },
        ]}
      >
        <TopContainer
          title="Most blocked names"
          by="name"
          filter={{ outcome: 'blocked' }}
          seconds={range.seconds}
          tone="bad"
          href={key => log({ name: `=${key}`, outcome: 'blocked' })}
          empty="Nothing was blocked in this span."
        />
        <TopContainer
          title="Busiest clients"
          by="client"
          seconds={range.seconds}
          href={key => log({ client: key })}
          empty="Nobody asked in this span."
        />
        <TargetsGlance />
      </Grid>
      {allowing && <AllowDialog request={allowing} onClose={() => setAllowing(null)} />}
    </SpaceBetween>
  );
}

interface TopProps {
  title: string;
  by: string;
  filter?: Record<string, string>;
  seconds: number;
  tone?: 'bad';
  href: (key: string) => string;
  empty: string;
}

function TopContainer({ title, by, filter, seconds, tone, href, empty }: TopProps) {
  const top = useTop(seconds, by, filter);
  return (
    <Container fitHeight header={<Header variant="h2">{title}</Header>}>
      <Loaded query={top} what={title}>
        {items =>
          items.length === 0 ? (
            <Empty title={empty} />
          ) : (
            <Bars tone={tone} bars={items.map(one => ({ key: one.key, value: one.queries, href: href(one.key) }))} />
          )
        }
      </Loaded>
    </Container>
  );
}

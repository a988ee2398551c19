import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '../../api/client';
import type { Target } from '../../api/types';
import { Tag } from '../../parts/Badges';
import { formatCount, formatShare, formatSpan } from '../../parts/format';
import { Time } from '../../parts/Time';
import { useAccess } from '../../shell/access';
import { useFlashes } from '../../shell/flashes';
import { stateTone } from './state';

/** One target: its state, what it holds, what it dropped, how full it is. */
export function TargetCard({ target }: { target: Target }) {
  const mayEdit = useAccess().may('targets:write');
  const queries = useQueryClient();
  const { show, fail } = useFlashes();
  const compare = useMutation({
    mutationFn: () => take(api.POST('/api/v1/targets/{name}:reconcile', { params: { path: { name: target.name } } })),
    onSuccess: () => {
      show({ type: 'success', content: `${target.name} is compared with what it should hold.` });
      void queries.invalidateQueries({ queryKey: ['targets'] });
    },
    onError: error => fail(`${target.name} did not take it`, error),
  });
  const { capacity } = target;
  const facts: [string, React.ReactNode][] = [
    ['Kind', target.kind],
    ['Entries', formatCount(target.entries)],
    ['Changes by others, repaired', formatCount(target.drift)],
    ['Last compared', target.lastReconciled ? <Time at={target.lastReconciled} /> : 'Not yet'],
    ...Object.entries(target.blocked).map<[string, string]>(([group, packets]) => [`Dropped, ${group}`, formatCount(packets)]),
    ...Object.entries(target.dnsBypass).map<[string, string]>(([group, packets]) => [`DNS to others, ${group}`, formatCount(packets)]),
  ];

  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            mayEdit && (
              <Button loading={compare.isPending} onClick={() => compare.mutate()}>
                Compare now
              </Button>
            )
          }
        >
          {target.name} <Tag tone={stateTone(target)}>{target.state}</Tag>
        </Header>
      }
    >
      <SpaceBetween size="m">
        {target.detail && <Alert type={target.state === 'ready' ? 'info' : 'warning'}>{target.detail}</Alert>}
        <dl className="dg-facts">
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {capacity && (
          <ProgressBar
            label="Capacity"
            value={Math.min(100, (capacity.used / Math.max(1, capacity.limit)) * 100)}
            status={capacity.used >= capacity.limit ? 'error' : 'in-progress'}
            additionalInfo={`${formatCount(capacity.used)} of ${formatCount(capacity.limit)} (${formatShare(capacity.used, capacity.limit)}), ${capacity.perHour.toFixed(1)} more an hour${capacity.fullInSeconds ? `, full in ${formatSpan(capacity.fullInSeconds)}` : ''}; ${formatCount(capacity.refused)} refused, ${formatCount(capacity.evicted)} evicted`}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, take } from '../../api/client';
import { Mono, Tag } from '../../parts/Badges';
import { DataTable } from '../../parts/DataTable';
import { formatMoment, formatWord } from '../../parts/format';
import { Empty, Loaded } from '../../parts/States';
import { Time } from '../../parts/Time';
import { RuleLink } from '../../rules/RuleLink';

/** Who opened an address, by which name and rule, and everything that happened to it. */
export function AddressAnswer({ address, at }: { address: string; at: string | null }) {
  const answer = useQuery({
    queryKey: ['grants', 'address', address, at],
    queryFn: () => take(api.GET('/api/v1/addresses/{address}', { params: { path: { address }, query: at ? { at } : {} } })),
    refetchInterval: at ? false : 5_000,
  });
  return (
    <Loaded query={answer} what="The explanation">
      {data => (
        <Container
          header={
            <Header variant="h2" description={at ? `At ${formatMoment(new Date(at))}` : 'Now'}>
              <Mono>{data.address}</Mono> {data.isOpen ? <Tag tone="good">✓ open</Tag> : <Tag>✕ closed</Tag>}
            </Header>
          }
        >
          <SpaceBetween size="m">
            {data.grants.map(grant => (
              <Alert key={grant.id} type="info">
                Open for <b>{grant.group}</b> on <Mono>{grant.ports}</Mono>, since its client asked for{' '}
                <Link className="dg-link" to={`/log?name=${encodeURIComponent(`=${grant.name}`)}`}>
                  <Mono strong>{grant.name}</Mono>
                </Link>{' '}
                ({grant.type}), which <RuleLink rule={grant.rule} reason="noRule" /> allows since revision {grant.revision} at the latest. It
                closes <Time at={grant.until} />. Enforced at {grant.targets.join(', ') || 'no target'}.
              </Alert>
            ))}
            <DataTable
              variant="embedded"
              items={data.history}
              header={<Header variant="h3">History</Header>}
              ariaLabels={{ tableLabel: 'History of the address' }}
              columnDefinitions={[
                { id: 'at', header: 'When', cell: one => <Time at={one.at} />, width: 100, minWidth: 100 },
                {
                  id: 'kind',
                  header: 'What',
                  cell: one => <Tag tone={/open|extend|renew/i.test(one.kind) ? 'good' : 'plain'}>{formatWord(one.kind)}</Tag>,
                  width: 110,
                  minWidth: 110,
                },
                { id: 'group', header: 'For', cell: one => one.group, width: 120, minWidth: 120 },
                {
                  id: 'name',
                  header: 'Because of',
                  cell: one => (
                    <>
                      <Mono strong>{one.name}</Mono>{' '}
                      <span className="dg-soft">
                        {one.type}
                        {one.aliases.length > 0 && ` by way of ${one.aliases.join(', ')}`}
                      </span>
                    </>
                  ),
                  isRowHeader: true,
                  minWidth: 170,
                },
                { id: 'rule', header: 'Rule', cell: one => <RuleLink rule={one.rule} />, minWidth: 170 },
                { id: 'ports', header: 'Ports', cell: one => <Mono>{one.ports}</Mono>, width: 150, minWidth: 150 },
                { id: 'until', header: 'Until', cell: one => formatMoment(new Date(one.until)), width: 170, minWidth: 170 },
              ]}
              empty={<Empty title="Nobody ever opened it">As far as the journal goes back, no answer held this address.</Empty>}
            />
          </SpaceBetween>
        </Container>
      )}
    </Loaded>
  );
}

import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Link } from 'react-router';
import type { Simulation } from '../../api/types';
import { Mono } from '../../parts/Badges';
import { DataTable } from '../../parts/DataTable';
import { formatCount, formatMoment, formatWord, plural } from '../../parts/format';
import { Empty } from '../../parts/States';
import { Time } from '../../parts/Time';
import { RuleLink } from '../../rules/RuleLink';

type Change = Simulation['newlyBlocked'][number];

/** What a draft would have made of the queries of a span. */
export function SimulationResult({ result, isUnchanged }: { result: Simulation; isUnchanged: boolean }) {
  const { grants } = result;
  const tiles = [
    { label: 'names newly blocked', value: result.newlyBlockedCount },
    { label: 'queries newly blocked', value: result.blockedQueries },
    { label: 'names newly allowed', value: result.newlyAllowedCount },
    { label: 'queries newly allowed', value: result.allowedQueries },
    { label: 'clients affected', value: result.clientsAffected },
    { label: `of ${formatCount(grants.inForce)} open addresses would close`, value: grants.closed },
  ];
  return (
    <SpaceBetween size="m">
      <Container
        header={
          <Header
            variant="h2"
            description={`${plural(result.queries, 'query', 'queries')} from ${formatMoment(new Date(result.since))} to ${formatMoment(new Date(result.until))}, against revision ${result.revision}.`}
          >
            Result
          </Header>
        }
      >
        <SpaceBetween size="m">
          {isUnchanged && (
            <span className="dg-soft">
              The draft is the policy in force, so nothing can differ but what was edited since those queries.
            </span>
          )}
          <div className="dg-tiles">
            {tiles.map(({ label, value }) => (
              <div className="dg-tile" key={label}>
                <b>{formatCount(value)}</b>
                <span>{label}</span>
              </div>
            ))}
          </div>
          {!result.isComplete && (
            <span className="dg-soft">More questions were asked than are told apart: what is rare is missing here.</span>
          )}
          {grants.targets.map(one => (
            <div key={one.target}>
              {one.target}: {plural(one.closed, 'address', 'addresses')} would close
              {one.limit != null && `, ${formatCount(one.used ?? 0)} of ${formatCount(one.limit)} entries are in use`}
            </div>
          ))}
        </SpaceBetween>
      </Container>
      <ChangeTable title="Newly blocked" changes={result.newlyBlocked} count={result.newlyBlockedCount} />
      <ChangeTable title="Newly allowed" changes={result.newlyAllowed} count={result.newlyAllowedCount} />
    </SpaceBetween>
  );
}

function ChangeTable({ title, changes, count }: { title: string; changes: Change[]; count: number }) {
  return (
    <DataTable<Change>
      items={changes}
      header={
        <Header variant="h2" counter={`(${formatCount(count)})`}>
          {title}
        </Header>
      }
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={[
        {
          id: 'name',
          header: 'Name',
          cell: one => (
            <>
              <Link className="dg-link" to={`/log?name=${encodeURIComponent(`=${one.name}`)}${one.group ? `&group=${one.group}` : ''}`}>
                <Mono strong>{one.name}</Mono>
              </Link>{' '}
              <span className="dg-soft">{one.type}</span>
            </>
          ),
          isRowHeader: true,
          width: 300,
          minWidth: 300,
        },
        {
          id: 'group',
          header: 'Group',
          cell: one => (one.draftGroup && one.draftGroup !== one.group ? `${one.group ?? 'none'} → ${one.draftGroup}` : one.group),
          width: 120,
          minWidth: 120,
        },
        {
          id: 'clients',
          header: 'Clients',
          cell: one => (one.clients === 1 ? <Mono>{one.client}</Mono> : plural(one.clients, 'client')),
          width: 130,
          minWidth: 130,
        },
        { id: 'queries', header: 'Queries', cell: one => <span className="dg-number">{formatCount(one.queries)}</span>, width: 90 },
        { id: 'last', header: 'Last', cell: one => <Time at={one.lastSeen} />, width: 100, minWidth: 100 },
        {
          id: 'why',
          header: 'Why',
          cell: one => (
            <>
              {formatWord(one.reason)}
              {one.nowRule && (
                <span className="dg-soft">
                  ; now <RuleLink rule={one.nowRule} />
                </span>
              )}
            </>
          ),
          minWidth: 170,
        },
      ]}
      empty={<Empty title="None" />}
      footer={count > changes.length && `The first ${formatCount(changes.length)} are shown.`}
    />
  );
}

import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { api, take } from '../../../api/client';
import { restoreRevision } from '../../../api/policy';
import { useVersion } from '../../../api/queries';
import { ConfirmDialog } from '../../../parts/ConfirmDialog';
import { Diff } from '../../../parts/Diff';
import { Empty, Loaded } from '../../../parts/States';
import { Time } from '../../../parts/Time';
import { useRuleEdits } from '../../../rules/useRuleEdits';
import { useAccess } from '../../../shell/access';
import { useFlashes } from '../../../shell/flashes';
import { Changes } from '../Changes';

const readRevision = (number: number) => take(api.GET('/api/v1/policy/revisions/{number}', { params: { path: { number } } }));

/** One revision: what it changed, and the way back to it. */
export function RevisionPage() {
  const number = Number(useParams().number);
  const [params] = useSearchParams();
  const against = Number(params.get('against') ?? number - 1);
  const [view, setView] = useState('changes');
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const mayEdit = useAccess().may('policy:write');
  const inForce = useVersion().data?.revision;
  const { refresh } = useRuleEdits();
  const { show } = useFlashes();
  const revision = useQuery({ queryKey: ['revision', number], queryFn: () => readRevision(number), staleTime: Number.POSITIVE_INFINITY });
  const before = useQuery({
    queryKey: ['revision', against],
    queryFn: () => readRevision(against),
    enabled: against > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const changes = useQuery({
    queryKey: ['revision', number, 'changes', against],
    queryFn: () => take(api.GET('/api/v1/policy/revisions/{number}/changes', { params: { path: { number }, query: { against } } })),
    enabled: view === 'changes' && against > 0,
  });

  const restore = async () => {
    const edit = await restoreRevision(number, inForce ?? '*');
    await refresh();
    show({ type: 'success', content: `Revision ${number} is restored as revision ${edit.revision}, which is in force.` });
    navigate('/allowlist/revisions');
  };

  return (
    <SpaceBetween size="m">
      <BreadcrumbGroup
        items={[
          { text: 'Revisions', href: '/allowlist/revisions' },
          { text: String(number), href: '' },
        ]}
        onFollow={event => {
          event.preventDefault();
          if (event.detail.href) navigate(event.detail.href);
        }}
      />
      <Loaded query={revision} what={`Revision ${number}`}>
        {data => (
          <Container
            header={
              <Header
                variant="h2"
                description={
                  <>
                    By {data.author}, <Time at={data.at} />
                    {data.comment && `: ${data.comment}`}
                  </>
                }
                actions={mayEdit && inForce !== undefined && number !== inForce && <Button onClick={() => setAsking(true)}>Restore</Button>}
              >
                Revision {number}
                {against > 0 && ` against ${against}`}
              </Header>
            }
          >
            <SpaceBetween size="m">
              <SegmentedControl
                label="View"
                selectedId={view}
                onChange={({ detail }) => setView(detail.selectedId)}
                options={[
                  { id: 'changes', text: 'Rule by rule' },
                  { id: 'text', text: 'As text' },
                  { id: 'whole', text: 'Whole text' },
                ]}
              />
              {view === 'whole' && <pre className="dg-code">{data.text}</pre>}
              {view === 'text' &&
                (against <= 0 ? (
                  <pre className="dg-code">{data.text}</pre>
                ) : (
                  <Loaded query={before} what={`Revision ${against}`}>
                    {older =>
                      older.text === data.text ? (
                        <Empty title="The texts are the same" />
                      ) : (
                        <Diff
                          before={older.text ?? ''}
                          after={data.text ?? ''}
                          label={`Differences between revision ${against} and ${number}`}
                        />
                      )
                    }
                  </Loaded>
                ))}
              {view === 'changes' &&
                (against <= 0 ? (
                  <Box color="text-body-secondary">This is the first revision.</Box>
                ) : (
                  <Loaded query={changes} what="The changes">
                    {body => <Changes changes={body.changes} count={body.changeCount} />}
                  </Loaded>
                ))}
            </SpaceBetween>
          </Container>
        )}
      </Loaded>
      {isAsking && (
        <ConfirmDialog title={`Restore revision ${number}?`} action="Restore" onConfirm={restore} onClose={() => setAsking(false)}>
          Its text becomes a new revision, in force for the next query. What only later revisions allowed closes within a second.
        </ConfirmDialog>
      )}
    </SpaceBetween>
  );
}

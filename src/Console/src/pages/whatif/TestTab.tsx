import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, take } from '../../api/client';
import { Mono, OutcomeBadge } from '../../parts/Badges';
import { formatWord } from '../../parts/format';
import { Loaded } from '../../parts/States';
import { AllowDialog, type AllowRequest } from '../../rules/AllowDialog';
import { patternOf } from '../../rules/draft';
import { useAccess } from '../../shell/access';

const types = ['A', 'AAAA', 'CNAME', 'HTTPS', 'MX', 'NS', 'PTR', 'SRV', 'SVCB', 'TXT'].map(value => ({ value, label: value }));

/** Judges one question with the function that the server itself uses; nothing is asked upstream. */
export function TestTab() {
  const [params, setParams] = useSearchParams();
  const asked = { client: params.get('client') ?? '', name: params.get('name') ?? '', type: params.get('type') ?? 'A' };
  const [client, setClient] = useState(asked.client);
  const [name, setName] = useState(asked.name);
  const [type, setType] = useState(asked.type);
  const [allowing, setAllowing] = useState<AllowRequest | null>(null);
  const mayEdit = useAccess().may('policy:write');
  const verdict = useQuery({
    queryKey: ['policy', 'verdict', asked],
    queryFn: () => take(api.POST('/api/v1/verdicts:test', { body: asked })),
    enabled: asked.client !== '' && asked.name !== '',
  });
  const ask = (event: React.FormEvent) => {
    event.preventDefault();
    setParams({ client: client.trim(), name: name.trim(), type });
    if (client === asked.client && name === asked.name && type === asked.type) void verdict.refetch();
  };

  return (
    <SpaceBetween size="m">
      <Container
        header={
          <Header variant="h2" description="Judged by the policy in force; nothing is asked anywhere.">
            What would become of a question?
          </Header>
        }
      >
        <form onSubmit={ask}>
          <div className="dg-row dg-bottom">
            <FormField label="Client">
              <Input value={client} onChange={({ detail }) => setClient(detail.value)} placeholder="10.0.3.7" spellcheck={false} />
            </FormField>
            <FormField label="Name">
              <Input value={name} onChange={({ detail }) => setName(detail.value)} placeholder="api.example.com" spellcheck={false} />
            </FormField>
            <FormField label="Type">
              <Select
                selectedOption={{ value: type, label: type }}
                options={types}
                onChange={({ detail }) => setType(detail.selectedOption.value ?? 'A')}
              />
            </FormField>
            <Button variant="primary" formAction="submit" disabled={!client.trim() || !name.trim()}>
              Judge
            </Button>
          </div>
        </form>
      </Container>
      {asked.client && asked.name && (
        <Loaded query={verdict} what="The verdict">
          {data => (
            <Container
              header={
                <Header
                  variant="h2"
                  actions={
                    mayEdit &&
                    data.outcome !== 'allowed' &&
                    data.group && (
                      <Button onClick={() => setAllowing({ ...asked, group: data.group ?? '', reason: data.reason })}>Allow…</Button>
                    )
                  }
                >
                  <Mono>{asked.name}</Mono> <OutcomeBadge outcome={data.outcome} />
                </Header>
              }
            >
              <dl className="dg-facts">
                {(
                  [
                    ['Reason', formatWord(data.reason)],
                    ['Group of the client', data.group ?? 'None'],
                    [
                      'Rule',
                      data.rule ? (
                        <Mono key="rule">
                          {data.rule.deny ? 'deny' : 'allow'} {patternOf(data.rule)}
                        </Mono>
                      ) : (
                        'None'
                      ),
                    ],
                    ['From the list', data.list ?? 'None'],
                    ['Opens', data.ports ? <Mono key="ports">{data.ports.join(', ')}</Mono> : 'Nothing'],
                    ['Revision', String(data.revision)],
                  ] as [string, React.ReactNode][]
                ).map(([label, value]) => (
                  <div key={label}>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </Container>
          )}
        </Loaded>
      )}
      {allowing && <AllowDialog request={allowing} onClose={() => setAllowing(null)} />}
    </SpaceBetween>
  );
}

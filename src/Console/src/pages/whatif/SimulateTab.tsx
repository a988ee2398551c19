import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { readYaml } from '../../api/policy';
import { ApiError, describe } from '../../api/problem';
import { simulate } from '../../api/simulate';
import type { Simulation } from '../../api/types';
import { formatCount } from '../../parts/format';
import { Loaded } from '../../parts/States';
import { readKept } from '../allowlist/yaml/keptDraft';
import { YamlEditor } from '../allowlist/yaml/YamlEditor';
import { SimulationResult } from './SimulationResult';

const spans = [
  { value: '1', label: 'The last day' },
  { value: '7', label: 'The last 7 days' },
  { value: '30', label: 'The last 30 days' },
];

/** Replays the log against a draft of the policy. */
export default function SimulateTab() {
  const policy = useQuery({ queryKey: ['policy', 'yaml'], queryFn: readYaml });
  return (
    <Loaded query={policy} what="The policy">
      {data => <Simulator inForce={data.body} />}
    </Loaded>
  );
}

function Simulator({ inForce }: { inForce: string }) {
  // What was typed on the YAML tab and not saved is what one wants to try.
  const [text, setText] = useState(() => readKept()?.text ?? inForce);
  const [days, setDays] = useState('7');
  const [progress, setProgress] = useState<{ rows: number; of: number } | null>(null);
  const [result, setResult] = useState<Simulation | null>(null);
  const [error, setError] = useState<unknown>(null);
  const stop = useRef<AbortController | null>(null);

  const run = async () => {
    stop.current = new AbortController();
    setError(null);
    setResult(null);
    setProgress({ rows: 0, of: 0 });
    try {
      const since = new Date(Date.now() - Number(days) * 86_400_000).toISOString();
      setResult(await simulate({ policy: text, since }, (rows, of) => setProgress({ rows, of }), stop.current.signal));
    } catch (failure) {
      if (!stop.current.signal.aborted) setError(failure);
    } finally {
      setProgress(null);
    }
  };
  const problems = error instanceof ApiError ? error.problems : [];

  return (
    <SpaceBetween size="m">
      <Container
        header={
          <Header
            variant="h2"
            description="Edit the text; it is tried on queries that were really asked, and changes nothing."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Select
                  selectedOption={spans.find(one => one.value === days) ?? null}
                  options={spans}
                  onChange={({ detail }) => setDays(detail.selectedOption.value ?? '7')}
                  ariaLabel="Span of time"
                />
                {progress ? (
                  <Button onClick={() => stop.current?.abort()}>Stop</Button>
                ) : (
                  <Button variant="primary" onClick={run}>
                    Simulate
                  </Button>
                )}
              </SpaceBetween>
            }
          >
            Draft
          </Header>
        }
      >
        <SpaceBetween size="m">
          <YamlEditor text={text} onChange={setText} problems={problems} label="Draft of the policy in YAML" />
          {progress && (
            <ProgressBar
              label="Judging queries by both policies"
              value={progress.of > 0 ? (progress.rows / progress.of) * 100 : 0}
              additionalInfo={
                progress.of > 0 ? `${formatCount(progress.rows)} of ${formatCount(progress.of)} rows of the log` : 'Counting the rows'
              }
            />
          )}
          {error !== null && (
            <Alert type="error">
              {problems.length > 0
                ? problems.map(one => (
                    <div key={`${one.line}:${one.code}`}>
                      {one.line > 0 && `Line ${one.line}: `}
                      {one.detail}. {one.cure}.
                    </div>
                  ))
                : describe(error)}
            </Alert>
          )}
        </SpaceBetween>
      </Container>
      {result && <SimulationResult result={result} isUnchanged={text === inForce} />}
    </SpaceBetween>
  );
}

import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { AtRevision } from '../../../api/client';
import { readYaml, restoreRevision, writeYaml } from '../../../api/policy';
import { ApiError } from '../../../api/problem';
import { plural } from '../../../parts/format';
import { Loaded } from '../../../parts/States';
import { useRuleEdits } from '../../../rules/useRuleEdits';
import { useAccess } from '../../../shell/access';
import { useFlashes } from '../../../shell/flashes';
import { forget, keep, readKept } from './keptDraft';
import { Problems } from './Problems';
import { useCheck } from './useCheck';
import { YamlConflict } from './YamlConflict';
import { YamlEditor } from './YamlEditor';

/** The whole policy as text. */
export default function YamlTab() {
  const policy = useQuery({ queryKey: ['policy', 'yaml'], queryFn: readYaml });
  return (
    <Loaded query={policy} what="The policy">
      {data => <Editor current={data} />}
    </Loaded>
  );
}

function Editor({ current }: { current: AtRevision<string> }) {
  const mayEdit = useAccess().may('policy:write');
  const kept = readKept();
  // What the editing began with, which stays when others edit; what is typed survives leaving the page.
  const [base, setBase] = useState(kept?.base ?? current);
  const [text, setText] = useState(kept?.text ?? current.body);
  const [comment, setComment] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [theirs, setTheirs] = useState<AtRevision<string> | null>(null);
  const [jump, setJump] = useState<{ line: number; column: number } | null>(null);
  const isChanged = text !== base.body;
  // Nothing was typed: what others wrote may take its place.
  if (!isChanged && current.revision > base.revision) {
    setBase(current);
    setText(current.body);
  }

  const check = useCheck(text, isChanged);
  const navigate = useNavigate();
  const { refresh } = useRuleEdits();
  const { show, hide, fail } = useFlashes();

  const type = (next: string) => {
    setText(next);
    if (next === base.body) forget();
    else keep({ base, text: next });
  };
  const start = (from: AtRevision<string>, next: string) => {
    setBase(from);
    setText(next);
    setTheirs(null);
    if (next === from.body) forget();
    else keep({ base: from, text: next });
  };

  const save = async () => {
    setBusy(true);
    try {
      const edit = await writeYaml(text, base.revision, { comment });
      const from = base;
      start({ body: text, revision: edit.revision }, text);
      setComment('');
      void refresh();
      const id = show({
        type: 'success',
        content: `Saved, with ${plural(edit.changeCount, 'change')}. Revision ${edit.revision} is in force.`,
        actions: [
          {
            text: 'Undo',
            run: async () => {
              hide(id);
              try {
                const undone = await restoreRevision(from.revision, edit.revision);
                await refresh();
                show({ type: 'success', content: `Undone: revision ${undone.revision} is in force.` });
              } catch (error) {
                fail('It could not be undone', error);
              }
            },
          },
          { text: 'Show the changes', run: () => navigate(`/allowlist/revisions/${edit.revision}`) },
        ],
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) setTheirs(await readYaml());
      else if (!(error instanceof ApiError && error.problems.length > 0)) fail('It was not saved', error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`Built on revision ${base.revision}. Comments and the order of keys are kept.`}
          actions={
            mayEdit && (
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!isChanged} onClick={() => start(current, current.body)}>
                  Discard
                </Button>
                <Button variant="primary" loading={isBusy} disabled={!isChanged || check.problems.length > 0} onClick={save}>
                  Save
                </Button>
              </SpaceBetween>
            )
          }
        >
          Policy as text
        </Header>
      }
    >
      <SpaceBetween size="m">
        {current.revision > base.revision && isChanged && (
          <Alert type="info" action={<Button onClick={() => setTheirs(current)}>Compare</Button>}>
            Somebody has edited the policy meanwhile: revision {current.revision} is in force. What you typed is kept.
          </Alert>
        )}
        <YamlEditor text={text} onChange={type} problems={check.problems} isReadOnly={!mayEdit} label="Policy in YAML" jump={jump} />
        <Problems check={check} isChanged={isChanged} onJump={one => setJump({ line: one.line, column: Math.max(1, one.column) })} />
        {mayEdit && isChanged && (
          <FormField label="Why" description="Kept as the comment of the revision.">
            <Input value={comment} onChange={({ detail }) => setComment(detail.value)} />
          </FormField>
        )}
      </SpaceBetween>
      {theirs && (
        <YamlConflict base={base} mine={text} theirs={theirs} onResolve={next => start(theirs, next)} onGoOn={() => setTheirs(null)} />
      )}
    </Container>
  );
}

import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FileUpload from '@cloudscape-design/components/file-upload';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useEffect, useState } from 'react';
import { ApiError } from '../../../api/problem';
import { useGroups, useLists } from '../../../api/queries';
import type { ImportResult } from '../../../api/types';
import { upload } from '../../../api/upload';
import { plural } from '../../../parts/format';
import { useRuleEdits } from '../../../rules/useRuleEdits';
import { useFlashes } from '../../../shell/flashes';
import { formats } from './formats';
import { ImportPreview } from './ImportPreview';

/** Takes rules over from elsewhere, after a preview that tells every line. */
export default function ImportTab() {
  const [format, setFormat] = useState(formats[0]);
  const [target, setTarget] = useState('');
  const [newList, setNewList] = useState('');
  const [mode, setMode] = useState('merge');
  const [maySkip, setMaySkip] = useState(false);
  const [isBroad, setBroad] = useState(false);
  const [files, setFiles] = useState<File[]>([]);
  const [pasted, setPasted] = useState('');
  const [part, setPart] = useState<number | null>(null);
  const [preview, setPreview] = useState<ImportResult | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const groups = useGroups().data;
  const lists = useLists().data;
  const { refresh } = useRuleEdits();
  const { show } = useFlashes();

  // A preview is of what was asked; it says nothing of anything else.
  const question = [format.value, target, newList, mode, isBroad, pasted, files[0]?.name, files[0]?.size].join('\n');
  // the question stands for all of it
  useEffect(() => {
    setPreview(null);
    setError(null);
  }, [question]);

  const isReady = (files.length > 0 || pasted.trim() !== '') && (target === 'new' ? newList !== '' : target !== '');
  const run = async (dryRun: boolean) => {
    const [kind, ...name] = target.split('/');
    const where: Record<string, string> = target === 'new' ? { list: newList, create: 'true' } : { [kind]: name.join('/') };
    const query = new URLSearchParams({
      format: format.value,
      mode,
      dryRun: String(dryRun),
      ...where,
      ...(maySkip && { skip: 'true' }),
      ...(isBroad && { broad: 'true' }),
    });
    setError(null);
    setPart(0);
    try {
      const result = await upload<ImportResult>(`/api/v1/import?${query}`, {
        body: files[0] ?? pasted,
        // Only on top of what the preview was made of.
        headers: { 'Content-Type': 'application/octet-stream', 'If-Match': dryRun || !preview ? '*' : `"${preview.revision}"` },
        onProgress: setPart,
      });
      if (dryRun) setPreview(result);
      else {
        await refresh();
        setPreview(null);
        setFiles([]);
        setPasted('');
        show({
          type: 'success',
          content: `Imported: ${plural(result.counts.added, 'rule')} added, ${result.counts.changed} changed, ${result.counts.removed} removed. Revision ${result.revision} is in force.`,
        });
      }
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
      if (failure.status === 412) setPreview(null);
    } finally {
      setPart(null);
    }
  };

  const targets = [
    {
      label: 'Lists',
      options: [...(lists?.body ?? []).map(one => ({ value: `list/${one.name}`, label: one.name })), { value: 'new', label: 'A new list' }],
    },
    { label: 'Groups', options: (groups?.body ?? []).map(one => ({ value: `group/${one.name}`, label: one.name })) },
  ];
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" description="Nothing changes before you have seen what would.">
            Import rules
          </Header>
        }
      >
        <SpaceBetween size="m">
          <div className="dg-two">
            <FormField label="Written as">
              <Select
                selectedOption={format}
                options={formats}
                onChange={({ detail }) => setFormat(formats.find(one => one.value === detail.selectedOption.value) ?? formats[0])}
                expandToViewport
              />
            </FormField>
            <FormField label="Into">
              <Select
                selectedOption={targets.flatMap(one => one.options).find(one => one.value === target) ?? null}
                options={targets}
                placeholder="Choose a list or group"
                onChange={({ detail }) => setTarget(detail.selectedOption.value ?? '')}
                expandToViewport
              />
            </FormField>
            {target === 'new' && (
              <FormField label="Name of the new list">
                <Input value={newList} onChange={({ detail }) => setNewList(detail.value)} spellcheck={false} />
              </FormField>
            )}
            <FormField label="What is there already">
              <RadioGroup
                value={mode}
                onChange={({ detail }) => setMode(detail.value)}
                items={[
                  { value: 'merge', label: 'Stays; new rules are added' },
                  { value: 'replace', label: 'Goes, unless the file has it too' },
                ]}
              />
            </FormField>
          </div>
          <div className="dg-two">
            <FormField label="File">
              <FileUpload
                value={files}
                onChange={({ detail }) => setFiles(detail.value)}
                showFileSize
                constraintText="Up to 64 MiB."
                i18nStrings={{
                  uploadButtonText: () => 'Choose file',
                  dropzoneText: () => 'Drop the file here',
                  removeFileAriaLabel: () => 'Remove the file',
                  limitShowFewer: 'Fewer',
                  limitShowMore: 'More',
                  errorIconAriaLabel: 'Error',
                }}
              />
            </FormField>
            <FormField label="Or paste it">
              <Textarea
                value={pasted}
                onChange={({ detail }) => setPasted(detail.value)}
                rows={4}
                spellcheck={false}
                placeholder={'api.example.com\n*.example.org'}
                disabled={files.length > 0}
              />
            </FormField>
          </div>
          <SpaceBetween direction="horizontal" size="l">
            <Checkbox checked={maySkip} onChange={({ detail }) => setMaySkip(detail.checked)}>
              Leave behind what cannot be taken over
            </Checkbox>
            <Checkbox checked={isBroad} onChange={({ detail }) => setBroad(detail.checked)}>
              Broad patterns are meant
            </Checkbox>
          </SpaceBetween>
          {part !== null && <ProgressBar label={part < 1 ? 'Sending' : 'The server reads and checks it'} value={part * 100} />}
          {error && (
            <Alert type="error" header={error.status === 412 ? 'The policy was edited since the preview' : undefined}>
              {error.status === 412
                ? 'Nothing was imported. Look at a new preview.'
                : error.lines.map(line => <div key={line}>{line}</div>)}
            </Alert>
          )}
          <Button variant={preview ? 'normal' : 'primary'} disabled={!isReady || part !== null} onClick={() => run(true)}>
            Preview
          </Button>
        </SpaceBetween>
      </Container>
      {preview && <ImportPreview preview={preview} maySkip={maySkip} isBusy={part !== null} onApply={() => run(false)} />}
    </SpaceBetween>
  );
}

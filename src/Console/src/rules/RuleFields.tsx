import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Draft } from './draft';
import { ExpiryField } from './ExpiryField';

interface Props {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}

/** What a rule says beside its pattern. */
export function RuleFields({ draft, onChange }: Props) {
  return (
    <SpaceBetween size="m">
      <div className="dg-two">
        {draft.action === 'allow' && (
          <FormField label="Ports" constraintText="Such as tcp/443, udp/443, tcp/8000-8080, any.">
            <Input
              value={draft.ports}
              onChange={({ detail }) => onChange({ ports: detail.value })}
              placeholder="tcp/443, tcp/80"
              spellcheck={false}
            />
          </FormField>
        )}
        <ExpiryField value={draft.expires} onChange={expires => onChange({ expires })} />
      </div>
      <FormField stretch label="Comment" description="Why it is there; also the comment of the revision.">
        <Input value={draft.comment} onChange={({ detail }) => onChange({ comment: detail.value })} />
      </FormField>
      <ExpandableSection headerText="More" variant="footer">
        <SpaceBetween size="m">
          <div className="dg-two">
            <FormField label="Owner">
              <Input value={draft.owner} onChange={({ detail }) => onChange({ owner: detail.value })} />
            </FormField>
            <FormField label="Ticket">
              <Input value={draft.ticket} onChange={({ detail }) => onChange({ ticket: detail.value })} />
            </FormField>
          </div>
          <FormField stretch label="Types" constraintText="Empty: A, AAAA, CNAME, HTTPS and SVCB.">
            <Input
              value={draft.types}
              onChange={({ detail }) => onChange({ types: detail.value })}
              placeholder="A, AAAA, TXT"
              spellcheck={false}
            />
          </FormField>
          {draft.action === 'allow' && (
            <SpaceBetween size="xs">
              <Checkbox
                checked={draft.isPrivate}
                onChange={({ detail }) => onChange({ isPrivate: detail.checked })}
                description="Its answers may point into private ranges."
              >
                Private answers
              </Checkbox>
              <Checkbox
                checked={draft.isSecure}
                onChange={({ detail }) => onChange({ isSecure: detail.checked })}
                description="Addresses open only for answers that DNSSEC proves."
              >
                Require DNSSEC
              </Checkbox>
            </SpaceBetween>
          )}
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  );
}

import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { formatMoment } from '../parts/format';

const hour = 3_600_000;
const spans = [
  { value: '', label: 'Never' },
  { value: String(hour), label: 'In an hour' },
  { value: String(8 * hour), label: 'In 8 hours' },
  { value: String(24 * hour), label: 'Tomorrow at this time' },
  { value: String(7 * 24 * hour), label: 'In a week' },
  { value: String(30 * 24 * hour), label: 'In 30 days' },
  { value: String(90 * 24 * hour), label: 'In 90 days' },
];

/** When a rule stops counting. */
export function ExpiryField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  // What was there when the form opened stays a choice.
  const [before] = useState(value);
  const [chosen, setChosen] = useState(value ? 'before' : '');
  const options = before ? [{ value: 'before', label: formatMoment(new Date(before)) }, ...spans] : spans;
  const choose = (next: string) => {
    setChosen(next);
    onChange(next === 'before' ? before : next === '' ? '' : new Date(Date.now() + Number(next)).toISOString());
  };
  return (
    <FormField label="Expires" constraintText={value ? `At ${formatMoment(new Date(value))}.` : 'It stays until somebody removes it.'}>
      <Select
        selectedOption={options.find(one => one.value === chosen) ?? null}
        options={options}
        onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}

import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import PropertyFilter from '@cloudscape-design/components/property-filter';
import { useGroups } from '../../api/queries';
import { useAccess } from '../../shell/access';
import { type Filters, fieldsOf, options, properties, tokensOf } from './filters';

const ranges: (DateRangePickerProps.RelativeOption & { code: string })[] = [
  { key: '5m', code: '5m', amount: 5, unit: 'minute', type: 'relative' },
  { key: '15m', code: '15m', amount: 15, unit: 'minute', type: 'relative' },
  { key: '1h', code: '1h', amount: 1, unit: 'hour', type: 'relative' },
  { key: '24h', code: '24h', amount: 24, unit: 'hour', type: 'relative' },
  { key: '7d', code: '7d', amount: 7, unit: 'day', type: 'relative' },
];
const letters: Record<string, string> = { minute: 'm', hour: 'h', day: 'd' };

/** The fields and the span that are searched for. */
export function FilterBar({ filters, onChange, isLive }: { filters: Filters; onChange: (filters: Filters) => void; isLive: boolean }) {
  const groups = useGroups(useAccess().may('policy:read')).data?.body.map(one => one.name) ?? [];
  return (
    <div className="dg-row dg-top">
      <div className="dg-grow">
        <PropertyFilter
          query={tokensOf(filters.fields)}
          onChange={({ detail }) => onChange({ ...filters, fields: { ...fieldsOf(detail), outcome: filters.fields.outcome } })}
          filteringProperties={properties}
          filteringOptions={options(groups)}
          filteringPlaceholder="Filter by name, client, group, rule, …"
          filteringAriaLabel="Filter the query log"
          hideOperations
          expandToViewport
          i18nStrings={{ enteredTextLabel: text => `Use: "${text}"` }}
        />
      </div>
      <DateRangePicker
        value={rangeOf(filters)}
        onChange={({ detail }) => onChange({ fields: filters.fields, ...spanOf(detail.value) })}
        relativeOptions={ranges}
        isValidRange={value =>
          value?.type === 'absolute' && value.endDate < value.startDate
            ? { valid: false, errorMessage: 'The end lies before the start.' }
            : { valid: true }
        }
        customRelativeRangeUnits={['minute', 'hour', 'day']}
        placeholder={isLive ? 'From now on' : 'Any time'}
        disabled={isLive}
        showClearButton
        ariaLabel="Span of time"
        expandToViewport
        absoluteFormat="iso"
        hideTimeOffset
        i18nStrings={{
          formatRelativeRange: value => `Last ${value.amount} ${value.unit}${value.amount === 1 ? '' : 's'}`,
          formatUnit: (unit, value) => (value === 1 ? unit : `${unit}s`),
        }}
      />
    </div>
  );
}

function rangeOf({ range, since, until }: Filters): DateRangePickerProps.Value | null {
  const known = ranges.find(one => one.code === range);
  if (known) return { key: known.key, amount: known.amount, unit: known.unit, type: 'relative' };
  if (range)
    return {
      amount: Number(range.slice(0, -1)),
      unit: range.endsWith('m') ? 'minute' : range.endsWith('h') ? 'hour' : 'day',
      type: 'relative',
    };
  if (since || until) return { type: 'absolute', startDate: since ?? '1970-01-01T00:00:00Z', endDate: until ?? new Date().toISOString() };
  return null;
}

function spanOf(value: DateRangePickerProps.Value | null): Omit<Filters, 'fields'> {
  if (value === null) return {};
  if (value.type === 'relative') return { range: `${value.amount}${letters[value.unit] ?? 'd'}` };
  return { since: new Date(value.startDate).toISOString(), until: new Date(value.endDate).toISOString() };
}

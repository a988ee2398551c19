import Cards from '@cloudscape-design/components/cards';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useSyncExternalStore } from 'react';

// The same width at which styles.css folds the log.
const narrow = window.matchMedia('(max-width: 760px)');

function watch(listener: () => void) {
  narrow.addEventListener('change', listener);
  return () => narrow.removeEventListener('change', listener);
}

/** A table; on a telephone a card for each row, with the same columns. The column with the id 'act' holds buttons, and needs no heading. */
export function DataTable<T>(props: TableProps<T>) {
  const isNarrow = useSyncExternalStore(watch, () => narrow.matches);
  if (!isNarrow) return <Table wrapLines {...props} />;
  return props.variant === 'embedded' ? <RowList {...props} /> : <RowCards {...props} />;
}

function parts<T>(columns: readonly TableProps.ColumnDefinition<T>[]) {
  const title = columns.find(one => one.isRowHeader) ?? columns[0];
  const act = columns.find(one => one.id === 'act');
  return { title, act, others: columns.filter(one => one !== title && one !== act) };
}

function RowCards<T>({ columnDefinitions, ariaLabels, footer, selectionType, ...props }: TableProps<T>) {
  const { title, act, others } = parts(columnDefinitions);
  return (
    <>
      <Cards<T>
        items={props.items}
        trackBy={props.trackBy}
        header={props.header}
        filter={props.filter}
        pagination={props.pagination}
        empty={props.empty}
        selectionType={selectionType}
        selectedItems={props.selectedItems as T[] | undefined}
        onSelectionChange={props.onSelectionChange}
        ariaLabels={{
          cardsLabel: ariaLabels?.tableLabel,
          selectionGroupLabel: ariaLabels?.selectionGroupLabel ?? '',
          itemSelectionLabel: (state, item) => ariaLabels?.itemSelectionLabel?.({ selectedItems: [...state.selectedItems] }, item) ?? '',
        }}
        cardsPerRow={[{ cards: 1 }]}
        cardDefinition={{
          header: item => (
            <div className="dg-card">
              <div>{title.cell(item)}</div>
              {act && <div className="dg-card-act">{act.cell(item)}</div>}
            </div>
          ),
          sections: [{ id: 'columns', content: item => <Columns columns={others} item={item} /> }],
        }}
      />
      {footer}
    </>
  );
}

/** Rows within a box of something else: not boxes themselves. */
function RowList<T>({ columnDefinitions, ariaLabels, items, header, footer, empty }: TableProps<T>) {
  const { title, others } = parts(columnDefinitions);
  return (
    <>
      {header}
      <ul className="dg-changes" aria-label={ariaLabels?.tableLabel}>
        {items.map((item, at) => (
          // Rows have no name of their own here, and are never moved.
          <li key={at}>
            <b>{title.cell(item)}</b>
            <Columns columns={others} item={item} />
          </li>
        ))}
      </ul>
      {items.length === 0 && empty}
      {footer}
    </>
  );
}

/** What a row says beside its title; what is empty takes no room. */
function Columns<T>({ columns, item }: { columns: readonly TableProps.ColumnDefinition<T>[]; item: T }) {
  const filled = columns.map(one => ({ id: one.id, header: one.header, content: one.cell(item) })).filter(one => !isEmpty(one.content));
  return (
    <dl className="dg-facts dg-card-facts">
      {filled.map(one => (
        <div key={one.id}>
          <dt>{one.header}</dt>
          <dd>{one.content}</dd>
        </div>
      ))}
    </dl>
  );
}

function isEmpty(content: React.ReactNode): boolean {
  return content === undefined || content === null || content === false || content === '' || (Array.isArray(content) && content.length === 0);
}

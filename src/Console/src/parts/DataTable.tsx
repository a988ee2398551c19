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
  return isNarrow ? <RowCards {...props} /> : <Table wrapLines {...props} />;
}

/** From this width on a column takes the card's whole line. */
const wide = 160;

function RowCards<T>({ columnDefinitions, ariaLabels, footer, selectionType, ...props }: TableProps<T>) {
  const title = columnDefinitions.find(one => one.isRowHeader) ?? columnDefinitions[0];
  const act = columnDefinitions.find(one => one.id === 'act');
  const others = columnDefinitions.filter(one => one !== title && one !== act);
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
              {act?.cell(item)}
            </div>
          ),
          sections: others.map(one => ({
            id: one.id,
            header: one.header,
            content: item => one.cell(item) || <span className="dg-soft">–</span>,
            width: Number(one.minWidth ?? one.width ?? wide) < wide ? 50 : 100,
          })),
        }}
      />
      {footer}
    </>
  );
}

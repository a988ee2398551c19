import { useCallback, useMemo, useState } from 'react';
import type { QueryRow } from '../../api/types';
import { LogRow, type RowActions } from './LogRow';

interface Props {
  rows: QueryRow[];
  mayEdit: boolean;
  onAllow: (row: QueryRow) => void;
  onFilter: (key: string, value: string) => void;
}

/** The rows of the log. */
export function LogTable({ rows, mayEdit, onAllow, onFilter }: Props) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const toggle = useCallback(
    (id: number) =>
      setOpen(before => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  const actions = useMemo<RowActions>(() => ({ toggle, allow: onAllow, filter: onFilter }), [toggle, onAllow, onFilter]);

  return (
    <table className="dg-log">
      <thead>
        <tr>
          <th className="dg-c-more">
            <span className="dg-hidden">Details</span>
          </th>
          <th className="dg-c-time">Time</th>
          <th className="dg-c-client">Client</th>
          <th className="dg-c-name">Name</th>
          <th className="dg-c-outcome">Outcome</th>
          <th className="dg-c-why">Decided by</th>
          <th className="dg-c-took">Took</th>
          <th className="dg-c-act">
            <span className="dg-hidden">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <LogRow key={row.id} row={row} isOpen={open.has(row.id)} mayEdit={mayEdit} actions={actions} />
        ))}
      </tbody>
    </table>
  );
}

import Button from '@cloudscape-design/components/button';
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import { describe } from '../api/problem';

export interface Flash {
  /** A second flash with the same id takes the place of the first. */
  id?: string;
  type: 'success' | 'error' | 'info' | 'warning' | 'in-progress';
  content: React.ReactNode;
  actions?: { text: string; run: () => void }[];
  stays?: boolean;
}

interface Flashes {
  show: (flash: Flash) => string;
  fail: (what: string, error: unknown) => void;
  hide: (id: string) => void;
}

const Context = createContext<Flashes>({ show: () => '', fail: () => undefined, hide: () => undefined });
const ItemsContext = createContext<(Flash & { id: string })[]>([]);
let last = 0;

/** Messages about what was just done; they stay until they are read. */
export function FlashProvider({ children }: { children: React.ReactNode }) {
  const [items, setItems] = useState<(Flash & { id: string })[]>([]);
  const hide = useCallback((id: string) => setItems(all => all.filter(one => one.id !== id)), []);
  const show = useCallback((flash: Flash) => {
    const id = flash.id ?? `flash-${++last}`;
    setItems(all => [{ ...flash, id }, ...all.filter(one => one.id !== id)].slice(0, 4));
    return id;
  }, []);
  const flashes = useMemo<Flashes>(
    () => ({ show, hide, fail: (what, error) => void show({ type: 'error', content: `${what}: ${describe(error)}` }) }),
    [show, hide],
  );
  return (
    <Context value={flashes}>
      <ItemsContext value={items}>{children}</ItemsContext>
    </Context>
  );
}

export function useFlashes(): Flashes {
  return useContext(Context);
}

/** Where they are shown, below those that the shell itself has. */
export function FlashArea({ first }: { first: FlashbarProps.MessageDefinition[] }) {
  const items = useContext(ItemsContext);
  const { hide } = useFlashes();
  const shown = items.map<FlashbarProps.MessageDefinition>(flash => ({
    id: flash.id,
    type: flash.type === 'in-progress' ? 'in-progress' : flash.type,
    content: flash.content,
    dismissible: !flash.stays,
    dismissLabel: 'Dismiss',
    onDismiss: () => hide(flash.id),
    action: flash.actions && (
      <SpaceBetween direction="horizontal" size="xs">
        {flash.actions.map(one => (
          <Button key={one.text} onClick={one.run}>
            {one.text}
          </Button>
        ))}
      </SpaceBetween>
    ),
  }));
  return <Flashbar items={[...first, ...shown]} />;
}

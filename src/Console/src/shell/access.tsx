import { createContext, useContext } from 'react';
import type { WhoAmI } from '../api/types';

export type Scope =
  | 'policy:read'
  | 'policy:write'
  | 'querylog:read'
  | 'grants:read'
  | 'grants:write'
  | 'targets:read'
  | 'targets:write'
  | 'audit:read'
  | 'admin';

const Context = createContext<WhoAmI | null>(null);

/** Who uses the console. */
export const AccessProvider = Context.Provider;

/** Who uses the console, and what they may do. */
export function useAccess() {
  const who = useContext(Context);
  return { who, may: (scope: Scope) => who !== null && (who.scopes.includes('admin') || who.scopes.includes(scope)) };
}

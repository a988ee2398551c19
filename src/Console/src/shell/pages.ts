import { type ComponentType, lazy } from 'react';
import type { Scope } from './access';

export interface Page {
  path: string;
  label: string;
  scope: Scope | null;
  section: 'Observe' | 'Policy' | 'Enforcement' | 'Administration';
  body: ComponentType;
}

const page = (load: () => Promise<{ default: ComponentType }>) => lazy(load);

/** Every screen: its address, its name, what it needs. Each is loaded when it is first opened. */
export const pages: Page[] = [
  { path: '/', label: 'Overview', scope: 'querylog:read', section: 'Observe', body: page(() => import('../pages/overview/Overview')) },
  { path: '/log', label: 'Query log', scope: 'querylog:read', section: 'Observe', body: page(() => import('../pages/querylog/QueryLog')) },
  {
    path: '/allowlist',
    label: 'Allowlist',
    scope: 'policy:read',
    section: 'Policy',
    body: page(() => import('../pages/allowlist/Allowlist')),
  },
  { path: '/what-if', label: 'What-if', scope: 'policy:read', section: 'Policy', body: page(() => import('../pages/whatif/WhatIf')) },
  { path: '/grants', label: 'Grants', scope: 'grants:read', section: 'Enforcement', body: page(() => import('../pages/grants/Grants')) },
  {
    path: '/targets',
    label: 'Targets',
    scope: 'targets:read',
    section: 'Enforcement',
    body: page(() => import('../pages/targets/Targets')),
  },
  { path: '/audit', label: 'Audit log', scope: 'audit:read', section: 'Administration', body: page(() => import('../pages/audit/Audit')) },
  { path: '/tokens', label: 'Tokens', scope: 'admin', section: 'Administration', body: page(() => import('../pages/tokens/Tokens')) },
  {
    path: '/reference',
    label: 'API reference',
    scope: null,
    section: 'Administration',
    body: page(() => import('../pages/reference/Reference')),
  },
];

/** The screen that an address belongs to. */
export function pageOf(path: string): Page | undefined {
  return pages.find(one => (one.path === '/' ? path === '/' : path === one.path || path.startsWith(`${one.path}/`)));
}

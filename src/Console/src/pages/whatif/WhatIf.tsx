import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { lazy, Suspense } from 'react';
import { Route, Routes, useLocation, useNavigate } from 'react-router';
import { Loading } from '../../parts/States';
import { useAccess } from '../../shell/access';
import { TestTab } from './TestTab';

const Simulate = lazy(() => import('./SimulateTab'));
const Suggest = lazy(() => import('./SuggestTab'));

/** What would happen: to one question, to last week's queries under a draft, and what rules the queries ask for. */
export default function WhatIf() {
  const location = useLocation();
  const navigate = useNavigate();
  const maySearch = useAccess().may('querylog:read');
  const tabs = [
    { id: '', label: 'Test a name' },
    ...(maySearch
      ? [
          { id: 'simulate', label: 'Simulate a draft' },
          { id: 'suggest', label: 'Suggestions' },
        ]
      : []),
  ];
  const first = location.pathname.split('/')[2] ?? '';
  return (
    <SpaceBetween size="m">
      <Header variant="h1">What-if</Header>
      <Tabs
        ariaLabel="Kinds of questions"
        activeTabId={tabs.some(one => one.id === first) ? first : ''}
        tabs={tabs.map(one => ({ ...one, href: one.id ? `/what-if/${one.id}` : '/what-if' }))}
        onChange={({ detail }) => navigate(detail.activeTabHref ?? '/what-if')}
        disableContentPaddings
      />
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route index element={<TestTab />} />
          <Route path="simulate" element={<Simulate />} />
          <Route path="suggest" element={<Suggest />} />
        </Routes>
      </Suspense>
    </SpaceBetween>
  );
}

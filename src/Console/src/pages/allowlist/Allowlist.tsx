import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { lazy, Suspense } from 'react';
import { Route, Routes, useLocation, useNavigate } from 'react-router';
import { Loading } from '../../parts/States';
import { useAccess } from '../../shell/access';
import { HolderPage } from './HolderPage';
import { Holders } from './Holders';

const Yaml = lazy(() => import('./yaml/YamlTab'));
const Revisions = lazy(() => import('./revisions/Revisions'));
const Import = lazy(() => import('./import/ImportTab'));
const Review = lazy(() => import('./review/ReviewTab'));

/** Who may ask for what: groups, lists and rules; as text; its history; from elsewhere; and what of it nobody uses. */
export default function Allowlist() {
  const location = useLocation();
  const navigate = useNavigate();
  const mayEdit = useAccess().may('policy:write');
  const tabs = [
    { id: '', label: 'Groups and lists' },
    { id: 'yaml', label: 'YAML' },
    { id: 'revisions', label: 'Revisions' },
    ...(mayEdit ? [{ id: 'import', label: 'Import' }] : []),
    { id: 'review', label: 'Review' },
  ];
  const first = location.pathname.split('/')[2] ?? '';
  const active = tabs.some(one => one.id === first) ? first : '';

  return (
    <SpaceBetween size="m">
      <Header variant="h1">Allowlist</Header>
      <Tabs
        ariaLabel="Parts of the allowlist"
        activeTabId={active}
        tabs={tabs.map(one => ({ ...one, href: one.id ? `/allowlist/${one.id}` : '/allowlist' }))}
        onChange={({ detail }) => navigate(detail.activeTabHref ?? '/allowlist')}
        disableContentPaddings
      />
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route index element={<Holders />} />
          <Route path="groups/:name" element={<HolderPage kind="groups" />} />
          <Route path="lists/:name" element={<HolderPage kind="lists" />} />
          <Route path="yaml" element={<Yaml />} />
          <Route path="revisions/*" element={<Revisions />} />
          <Route path="import" element={<Import />} />
          <Route path="review" element={<Review />} />
        </Routes>
      </Suspense>
    </SpaceBetween>
  );
}

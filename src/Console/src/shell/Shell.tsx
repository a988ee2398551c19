import AppLayout from '@cloudscape-design/components/app-layout';
import Header from '@cloudscape-design/components/header';
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { Navigate, Route, Routes, useLocation, useNavigate } from 'react-router';
import { Empty, Loading } from '../parts/States';
import { useAccess } from './access';
import { ErrorBoundary } from './ErrorBoundary';
import { FlashArea } from './flashes';
import { type Page, pageOf, pages } from './pages';
import { useServerState } from './serverState';
import { TopBar } from './TopBar';

/** What surrounds every screen. */
export function Shell({ onSignedOut }: { onSignedOut: () => void }) {
  const location = useLocation();
  const navigate = useNavigate();
  const { may } = useAccess();
  const [isOpen, setOpen] = useState(() => window.innerWidth > 1000);
  const server = useServerState();
  const page = pageOf(location.pathname);
  const shown = pages.filter(one => one.scope === null || may(one.scope));

  useEffect(() => {
    document.title = page ? `${page.label} · DnsGuard` : 'DnsGuard';
  }, [page]);

  // Cloudscape gives its toolbar for small windows an attribute that a nav may not have; screen readers would be told nonsense.
  useEffect(() => {
    const mend = () => document.querySelector('nav[aria-orientation]')?.removeAttribute('aria-orientation');
    const watch = new MutationObserver(mend);
    watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ['aria-orientation'] });
    mend();
    return () => watch.disconnect();
  }, []);

  const items = useMemo<SideNavigationProps.Item[]>(
    () =>
      [...new Set(shown.map(one => one.section))].map(section => ({
        type: 'section-group',
        title: section,
        items: shown.filter(one => one.section === section).map(one => ({ type: 'link', text: one.label, href: one.path })),
      })),
    [shown],
  );
  const follow = (event: CustomEvent<{ href?: string; external?: boolean }>) => {
    if (event.detail.external || !event.detail.href) return;
    event.preventDefault();
    navigate(event.detail.href);
    if (window.innerWidth < 900) setOpen(false);
  };

  return (
    <>
      <a className="dg-skip" href="#content">
        Skip to content
      </a>
      <TopBar revision={server.revision} onSignedOut={onSignedOut} />
      <AppLayout
        headerSelector="#top"
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigationWidth={210}
        navigation={<SideNavigation activeHref={page?.path} items={items} onFollow={follow} />}
        toolsHide
        stickyNotifications
        notifications={<FlashArea first={server.flashes} />}
        content={
          <div id="content" tabIndex={-1}>
            <ErrorBoundary key={page?.path}>
              <Suspense fallback={<Loading />}>
                <Routes>
                  {pages.map(one => (
                    <Route
                      key={one.path}
                      path={one.path === '/' ? '/' : `${one.path}/*`}
                      element={<Guarded page={one} first={shown[0]} />}
                    />
                  ))}
                  <Route path="*" element={<Empty title="There is no such page">Choose one on the left.</Empty>} />
                </Routes>
              </Suspense>
            </ErrorBoundary>
          </div>
        }
        ariaLabels={{
          navigation: 'Screens',
          navigationToggle: 'Open navigation',
          navigationClose: 'Close navigation',
          notifications: 'Notifications',
        }}
      />
    </>
  );
}

function Guarded({ page, first }: { page: Page; first: Page | undefined }) {
  const { may } = useAccess();
  if (page.scope === null || may(page.scope)) return <page.body />;
  // Whoever may not see the overview starts with what they may see.
  if (page.path === '/' && first) return <Navigate to={first.path} replace />;
  return (
    <>
      <Header variant="h1">{page.label}</Header>
      <Empty title="Your token may not see this">{`It lacks the scope ${page.scope}.`}</Empty>
    </>
  );
}

import '@cloudscape-design/global-styles/index.css';
import './styles.css';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { applyDensity, Density } from '@cloudscape-design/global-styles';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { App } from './App';
import { ApiError } from './api/problem';
import { FlashProvider } from './shell/flashes';
import { ThemeProvider } from './shell/theme';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refused once, it refuses again; only a server that is away is asked a second time.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
      refetchOnWindowFocus: true,
      staleTime: 1_000,
      // The server may be on this machine, where a browser without any network still reaches it.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

applyDensity(Density.Compact);
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <ThemeProvider>
            <FlashProvider>
              <App />
            </FlashProvider>
          </ThemeProvider>
        </BrowserRouter>
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);

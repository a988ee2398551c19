import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, take, watchSignOut } from './api/client';
import { ApiError } from './api/problem';
import { Failure, Loading } from './parts/States';
import { AccessProvider } from './shell/access';
import { Login } from './shell/Login';
import { Shell } from './shell/Shell';

/** The console, or what stands in its way: nobody is signed in, or the server is away. */
export function App() {
  const queries = useQueryClient();
  const who = useQuery({ queryKey: ['whoami'], queryFn: () => take(api.GET('/api/v1/whoami')), staleTime: 60_000 });
  // Asked again rather than believed at once: a session may just have begun.
  useEffect(() => watchSignOut(() => void queries.invalidateQueries({ queryKey: ['whoami'] })), [queries]);

  const enter = () => queries.resetQueries();
  if (who.error instanceof ApiError && who.error.status === 401) return <Login onEntered={enter} />;
  if (who.data)
    return (
      <AccessProvider value={who.data}>
        <Shell onSignedOut={enter} />
      </AccessProvider>
    );
  return (
    <main className="dg-alone">
      {who.isPending ? <Loading /> : <Failure what="The console" error={who.error} retry={() => who.refetch()} />}
    </main>
  );
}

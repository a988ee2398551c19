import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, take, watchSignOut } from './api/client';
import { ApiError } from './api/problem';
import { Failure, Loading } from './parts/States';
import { AccessProvider } from './shell/access';
import { Login } from './shell/Login';
import { Shell } from './shell/Shell';

/** The console, or what stands in its way: nobody is signed in, or the server is away. */
export function App() {
  const queries = useQueryClient();
  const [isSignedOut, setSignedOut] = useState(false);
  const who = useQuery({ queryKey: ['whoami'], queryFn: () => take(api.GET('/api/v1/whoami')), staleTime: 60_000 });
  useEffect(() => watchSignOut(() => setSignedOut(true)), []);

  const enter = async () => {
    setSignedOut(false);
    queries.clear();
    await queries.refetchQueries({ queryKey: ['whoami'] });
    await who.refetch();
  };
  if (isSignedOut || (who.error instanceof ApiError && who.error.status === 401)) return <Login onEntered={enter} />;
  if (who.data)
    return (
      <AccessProvider value={who.data}>
        <Shell onSignedOut={() => setSignedOut(true)} />
      </AccessProvider>
    );
  return <main className="dg-alone">{who.isPending ? <Loading /> : <Failure what="The console" error={who.error} retry={() => who.refetch()} />}</main>;
}

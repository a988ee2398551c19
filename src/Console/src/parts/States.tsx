import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { describe } from '../api/problem';

/** There is nothing yet, and why, and what to do about it. */
export function Empty({ title, children, action }: { title: string; children?: React.ReactNode; action?: React.ReactNode }) {
  return (
    <Box textAlign="center" margin={{ vertical: 'l' }} color="inherit">
      <SpaceBetween size="xs">
        <Box variant="strong">{title}</Box>
        {children && <Box color="text-body-secondary">{children}</Box>}
        {action}
      </SpaceBetween>
    </Box>
  );
}

/** Something is on its way. */
export function Loading({ children = 'Loading' }: { children?: React.ReactNode }) {
  return (
    <Box textAlign="center" margin={{ vertical: 'xl' }} color="text-body-secondary">
      <Spinner /> {children}
    </Box>
  );
}

/** A part of the page could not be had; the rest stands. */
export function Failure({ error, retry, what }: { error: unknown; retry?: () => void; what: string }) {
  return (
    <Alert type="error" header={`${what} cannot be shown`} action={retry && <Button onClick={retry}>Try again</Button>}>
      {describe(error)}
    </Alert>
  );
}

interface Result<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** Loading, failed or there: what was read once stays, even where reading it again fails. */
export function Loaded<T>({ query, what, children }: { query: Result<T>; what: string; children: (data: T) => React.ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isPending) return <Loading />;
  return <Failure what={what} error={query.error} retry={() => query.refetch()} />;
}

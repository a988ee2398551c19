import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, take } from '../api/client';
import { ApiError, describe } from '../api/problem';

/** Trades a token for a session. The token itself is not kept. */
export function Login({ onEntered }: { onEntered: () => void }) {
  const [token, setToken] = useState('');
  const login = useMutation({
    mutationFn: () => take(api.POST('/api/v1/session', { body: { token: token.trim() } })),
    onSuccess: () => onEntered(),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim()) login.mutate();
  };
  const isWrong = login.error instanceof ApiError && login.error.status === 401;

  return (
    <main className="dg-alone">
      <div className="dg-brand">
        <img src="/icon.svg" alt="" width="40" height="40" />
        <span>DnsGuard</span>
      </div>
      <form onSubmit={submit}>
        <Container header={<Header variant="h1">Sign in</Header>}>
          <SpaceBetween size="l">
            {login.error && !isWrong && <Alert type="error">{describe(login.error)}</Alert>}
            <FormField
              label="Access token"
              description="It is traded for a session of this browser, and not stored."
              errorText={isWrong ? 'This token is not known, has expired, or was revoked.' : undefined}
            >
              <Input
                type="password"
                value={token}
                onChange={({ detail }) => setToken(detail.value)}
                autoFocus
                autoComplete="current-password"
                ariaLabel="Access token"
                name="token"
              />
            </FormField>
            <Button variant="primary" formAction="submit" loading={login.isPending} fullWidth>
              Sign in
            </Button>
            <Box variant="small" color="text-body-secondary">
              No token? Whoever administers this server makes one:{' '}
              <span className="dg-mono">dnsguard token create --name me --scope admin</span>
            </Box>
          </SpaceBetween>
        </Container>
      </form>
    </main>
  );
}

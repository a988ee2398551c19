import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useSearchParams } from 'react-router';

/** Asks why an address is open, or was at some moment. */
export function AddressForm() {
  const [params, setParams] = useSearchParams();
  const [address, setAddress] = useState(params.get('address') ?? '');
  const [at, setAt] = useState(params.get('at') ?? '');
  const ask = (event: React.FormEvent) => {
    event.preventDefault();
    const next = new URLSearchParams(params);
    for (const [key, value] of Object.entries({ address: address.trim(), at: at.trim() })) {
      if (value) next.set(key, value);
      else next.delete(key);
    }
    setParams(next);
  };
  return (
    <Container header={<Header variant="h2">Why is this address open?</Header>}>
      <form onSubmit={ask}>
        <div className="dg-row dg-bottom">
          <FormField label="Address">
            <Input value={address} onChange={({ detail }) => setAddress(detail.value)} placeholder="192.0.2.1" spellcheck={false} />
          </FormField>
          <FormField label="At (empty: now)">
            <Input value={at} onChange={({ detail }) => setAt(detail.value)} placeholder="2026-03-01T14:05:00Z" spellcheck={false} />
          </FormField>
          <Button variant="primary" formAction="submit" disabled={!address.trim()}>
            Explain
          </Button>
        </div>
      </form>
    </Container>
  );
}

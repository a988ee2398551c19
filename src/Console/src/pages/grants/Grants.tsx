import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';
import { AddressAnswer } from './AddressAnswer';
import { AddressForm } from './AddressForm';
import { GrantsTable } from './GrantsTable';

/** What is open, for whom and until when; and why an address is, or was. */
export default function Grants() {
  const [params] = useSearchParams();
  const address = params.get('address');
  return (
    <SpaceBetween size="m">
      <Header variant="h1">Grants</Header>
      <AddressForm key={params.toString()} />
      {address && <AddressAnswer address={address} at={params.get('at')} />}
      <GrantsTable />
    </SpaceBetween>
  );
}

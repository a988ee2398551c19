import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useTargets } from '../../api/queries';
import { Empty, Loaded } from '../../parts/States';
import { TargetCard } from './TargetCard';

/** The places that enforce grants, and how they are. */
export default function Targets() {
  const targets = useTargets();
  return (
    <SpaceBetween size="m">
      <Header variant="h1" description="Where granted addresses are opened: kernels, AWS, proxies, devices.">
        Targets
      </Header>
      <Loaded query={targets} what="The targets">
        {items =>
          items.length === 0 ? (
            <Empty title="There is no target">Nothing is enforced: add one under enforcement.targets in dnsguard.yaml.</Empty>
          ) : (
            <SpaceBetween size="m">
              {items.map(one => (
                <TargetCard key={one.name} target={one} />
              ))}
            </SpaceBetween>
          )
        }
      </Loaded>
    </SpaceBetween>
  );
}

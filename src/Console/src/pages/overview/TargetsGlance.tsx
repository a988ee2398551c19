import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { Link } from 'react-router';
import { useTargets } from '../../api/queries';
import { Tag } from '../../parts/Badges';
import { plural } from '../../parts/format';
import { Empty, Loaded } from '../../parts/States';
import { useAccess } from '../../shell/access';
import { stateTone } from '../targets/state';

/** Are the places that enforce grants well? */
export function TargetsGlance() {
  const mayRead = useAccess().may('targets:read');
  const targets = useTargets(mayRead);
  if (!mayRead)
    return (
      <Container fitHeight header={<Header variant="h2">Targets</Header>}>
        <Empty title="Your token may not see targets" />
      </Container>
    );
  return (
    <Container fitHeight header={<Header variant="h2">Targets</Header>}>
      <Loaded query={targets} what="The targets">
        {items => (
          <ul className="dg-bars">
            {items.map(one => (
              <li key={one.name}>
                <Link className="dg-link" to="/targets">
                  {one.name}
                </Link>
                <Tag tone={stateTone(one)}>{one.state}</Tag>
                <span className="dg-note">
                  {one.kind} · {plural(one.entries, 'entry', 'entries')}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Container>
  );
}

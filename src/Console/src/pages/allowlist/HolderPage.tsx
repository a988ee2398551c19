import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { useGroups, useLists } from '../../api/queries';
import type { Group, Holder } from '../../api/types';
import { Empty, Loaded } from '../../parts/States';
import { GroupSettings } from './GroupSettings';
import { RulesTable } from './RulesTable';

/** One group or list with its rules. */
export function HolderPage({ kind }: { kind: Holder['kind'] }) {
  const { name = '' } = useParams();
  const navigate = useNavigate();
  const groups = useGroups(kind === 'groups');
  const lists = useLists(kind === 'lists');
  const query = kind === 'groups' ? groups : lists;

  return (
    <SpaceBetween size="m">
      <BreadcrumbGroup
        items={[
          { text: 'Groups and lists', href: '/allowlist' },
          { text: name, href: '' },
        ]}
        onFollow={event => {
          event.preventDefault();
          if (event.detail.href) navigate(event.detail.href);
        }}
      />
      <Loaded<{ body: { name: string }[]; revision: number }> query={query} what={`The ${kind === 'groups' ? 'group' : 'list'}`}>
        {({ body, revision }) => {
          const holder = body.find(one => one.name === name);
          if (!holder)
            return (
              <Empty title={`There is no ${kind === 'groups' ? 'group' : 'list'} '${name}'`}>
                Somebody may have removed it; the revisions tell.
              </Empty>
            );
          return (
            <SpaceBetween size="l">
              <GroupSettings holder={{ kind, name }} body={holder as Group} revision={revision} />
              <RulesTable holder={{ kind, name }} rules={(holder as Group).rules} revision={revision} />
            </SpaceBetween>
          );
        }}
      </Loaded>
    </SpaceBetween>
  );
}

import TopNavigation from '@cloudscape-design/components/top-navigation';
import { useNavigate } from 'react-router';
import { api } from '../api/client';
import { useAccess } from './access';
import { type ThemeChoice, useTheme } from './theme';

const choices: { id: ThemeChoice; text: string }[] = [
  { id: 'system', text: 'As the system has it' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
];

/** Product, revision in force, theme, and who is signed in. */
export function TopBar({ revision, onSignedOut }: { revision: number | undefined; onSignedOut: () => void }) {
  const navigate = useNavigate();
  const theme = useTheme();
  const { who, may } = useAccess();
  const go = (href: string) => (event: Event) => {
    event.preventDefault();
    navigate(href);
  };
  const leave = async () => {
    await api.DELETE('/api/v1/session');
    onSignedOut();
  };

  return (
    <div id="top">
      <TopNavigation
        identity={{
          href: '/',
          title: 'DnsGuard',
          logo: { src: '/icon.svg', alt: 'Shield' },
          onFollow: event => go('/')(event as unknown as Event),
        }}
        utilities={[
          ...(revision === undefined || !may('policy:read')
            ? []
            : [
                {
                  type: 'button' as const,
                  text: `Revision ${revision}`,
                  title: 'The policy in force; show its history',
                  iconName: 'history' as const,
                  href: '/allowlist/revisions',
                  onClick: (event: Event) => go('/allowlist/revisions')(event),
                },
              ]),
          ...(may('policy:write')
            ? []
            : [
                {
                  type: 'button' as const,
                  text: 'Read only',
                  iconName: 'lock-private' as const,
                  title: 'Your token may not edit the policy',
                },
              ]),
          {
            type: 'menu-dropdown',
            iconName: 'settings',
            text: 'Theme',
            ariaLabel: 'Theme',
            items: choices.map(one => ({ ...one, itemType: 'checkbox' as const, checked: theme.choice === one.id })),
            onItemClick: ({ detail }) => theme.choose(detail.id as ThemeChoice),
          },
          {
            type: 'menu-dropdown',
            iconName: 'user-profile',
            text: who?.name ?? '',
            description: who ? `From ${who.source}` : undefined,
            items: [
              { id: 'scopes', text: who?.scopes.join(', ') ?? '', disabled: true },
              // Before the first token there is no session to end.
              ...(who?.name === 'loopback' ? [] : [{ id: 'leave', text: 'Sign out' }]),
            ],
            onItemClick: ({ detail }) => {
              if (detail.id === 'leave') void leave();
            },
          },
        ]}
      />
    </div>
  );
}

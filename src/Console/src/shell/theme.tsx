import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { createContext, useContext, useEffect, useState } from 'react';

export type ThemeChoice = 'system' | 'light' | 'dark';

const key = 'dnsguard.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

interface Theme {
  choice: ThemeChoice;
  isDark: boolean;
  choose: (choice: ThemeChoice) => void;
}

const Context = createContext<Theme>({ choice: 'system', isDark: false, choose: () => undefined });

/** Light, dark, or as the system has it; remembered in this browser. */
export function ThemeProvider({ children }: { children: React.ReactNode }) {
  const [choice, setChoice] = useState<ThemeChoice>(() => (localStorage.getItem(key) as ThemeChoice | null) ?? 'system');
  const [systemIsDark, setSystemIsDark] = useState(dark.matches);
  const isDark = choice === 'dark' || (choice === 'system' && systemIsDark);

  useEffect(() => {
    const follow = () => setSystemIsDark(dark.matches);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  useEffect(() => applyMode(isDark ? Mode.Dark : Mode.Light), [isDark]);

  const choose = (next: ThemeChoice) => {
    localStorage.setItem(key, next);
    setChoice(next);
  };
  return <Context value={{ choice, isDark, choose }}>{children}</Context>;
}

export function useTheme(): Theme {
  return useContext(Context);
}

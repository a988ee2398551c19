import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { Component, type ReactNode } from 'react';

/** Keeps a screen that breaks from taking the rest along. After an upgrade its files have other names: loading anew mends that. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  render() {
    if (!this.state.error) return this.props.children;
    return (
      <Alert type="error" header="This screen failed" action={<Button onClick={() => window.location.reload()}>Load it anew</Button>}>
        {this.state.error.message}
      </Alert>
    );
  }
}

import Button from '@cloudscape-design/components/button';
import { useFlashes } from '../../shell/flashes';
import { type Filters, writeFilters } from './filters';

/** Copies a link to this search with its span nailed down: whoever opens it sees the same rows. */
export function ShareButton({ filters }: { filters: () => Filters }) {
  const { show, fail } = useFlashes();
  const copy = async () => {
    const link = `${window.location.origin}/log?${writeFilters(filters())}`;
    try {
      await navigator.clipboard.writeText(link);
      show({ id: 'share', type: 'success', content: 'The link is copied. It shows the rows up to this moment, and no later ones.' });
    } catch (error) {
      fail(`The browser did not allow copying ${link}`, error);
    }
  };
  return (
    <Button iconName="share" onClick={copy}>
      Copy link
    </Button>
  );
}

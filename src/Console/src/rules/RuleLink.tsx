import { Link } from 'react-router';
import { Mono, Tag } from '../parts/Badges';
import { formatWord } from '../parts/format';
import { holderPath, useRuleNames } from './useRuleNames';

/** The rule that decided, as it is written; or why none did. */
export function RuleLink({ rule, reason }: { rule: string | null | undefined; reason?: string }) {
  const known = useRuleNames()(rule);
  if (!rule) return <span className="dg-soft">{formatWord(reason ?? 'noRule')}</span>;
  if (!known)
    return (
      <span className="dg-soft" title={`The rule ${rule} is not in the policy any more`}>
        <Mono>{rule}</Mono> <Tag>gone</Tag>
      </span>
    );
  const pattern = known.rule.allow ?? known.rule.deny;
  return (
    <span title={`${known.rule.deny ? 'deny' : 'allow'} ${pattern}, in ${known.holder.name}`}>
      <Link className="dg-link" to={`${holderPath(known.holder)}?rule=${encodeURIComponent(known.rule.id ?? '')}`}>
        <Mono>{pattern}</Mono>
      </Link>{' '}
      <span className="dg-soft">
        {known.rule.deny ? 'denied' : 'in'} {known.rule.deny ? `in ${known.holder.name}` : known.holder.name}
      </span>
    </span>
  );
}

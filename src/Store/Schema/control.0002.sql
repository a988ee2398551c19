-- Large policies: the rules of a revision in runs that revisions share, so that one edit among a million rules stores one run.
-- 'text' is then what somebody wrote, or empty where nobody did.
ALTER TABLE revisions ADD COLUMN frame TEXT; -- the policy without its rules, YAML; null where 'text' is all of it
ALTER TABLE revisions ADD COLUMN rules BLOB; -- for each group, then each list: how many runs, and their digests

CREATE TABLE rule_runs (
  digest BLOB PRIMARY KEY, -- 16 octets
  octets BLOB NOT NULL
) STRICT;

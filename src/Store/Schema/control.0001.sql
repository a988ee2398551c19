-- Revisions of the policy. The number is the primary key: of two editors who build on the same revision, one cannot insert.
CREATE TABLE revisions (
  number  INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,  -- Unix milliseconds
  author  TEXT    NOT NULL,
  comment TEXT    NOT NULL,
  text    TEXT    NOT NULL   -- the whole policy, YAML
) STRICT;

-- What was opened and closed, and why. Restores grants at start; answers "why was this address open".
CREATE TABLE grant_events (
  id       INTEGER PRIMARY KEY,
  kind     INTEGER NOT NULL, -- 1 opened, 2 revoked
  at       INTEGER NOT NULL,
  until    INTEGER NOT NULL,
  "group"  TEXT    NOT NULL,
  address  BLOB    NOT NULL, -- 4 or 16 octets
  ports    TEXT    NOT NULL,
  name     TEXT    NOT NULL,
  type     INTEGER NOT NULL,
  aliases  TEXT    NOT NULL,
  rule     TEXT,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX grant_events_by_address ON grant_events (address, at);
CREATE INDEX grant_events_by_until ON grant_events (until);
CREATE INDEX grant_events_by_time ON grant_events (at);

CREATE TABLE tokens (
  id      TEXT PRIMARY KEY,
  name    TEXT    NOT NULL,
  hash    BLOB    NOT NULL UNIQUE, -- SHA-256 of the secret
  scopes  TEXT    NOT NULL,        -- separated by blanks
  created INTEGER NOT NULL,
  expires INTEGER,
  revoked INTEGER
) STRICT;

-- Append-only: each entry carries the hash of the one before.
CREATE TABLE audit_log (
  id     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  actor  TEXT    NOT NULL,
  source TEXT    NOT NULL,
  action TEXT    NOT NULL,
  detail TEXT    NOT NULL,
  hash   BLOB    NOT NULL
) STRICT;

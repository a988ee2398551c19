-- One row per query, or per repeats of one within a second. Appended in order of time, so the row's number orders it too.
CREATE TABLE queries (
  id        INTEGER PRIMARY KEY,
  at        INTEGER NOT NULL, -- Unix milliseconds
  count     INTEGER NOT NULL, -- repeats that this row stands for; exact
  client    BLOB    NOT NULL, -- 4 or 16 octets
  "group"   TEXT,
  transport INTEGER NOT NULL,
  name      TEXT    NOT NULL, -- presentation form, escaped
  type      INTEGER NOT NULL,
  outcome   INTEGER NOT NULL,
  reason    INTEGER NOT NULL,
  rule      TEXT,
  revision  INTEGER NOT NULL,
  rcode     INTEGER NOT NULL,
  ede       INTEGER NOT NULL,
  source    INTEGER NOT NULL,
  addresses TEXT    NOT NULL,
  aliases   TEXT    NOT NULL,
  duration  INTEGER NOT NULL, -- microseconds
  hold      INTEGER NOT NULL  -- microseconds
) STRICT;
CREATE INDEX queries_by_time ON queries (at);

-- What was forgotten, and what never got here: totals stay exact.
CREATE TABLE losses (
  at     INTEGER NOT NULL,
  reason TEXT    NOT NULL, -- ring-full, store-failed, retention
  count  INTEGER NOT NULL
) STRICT;

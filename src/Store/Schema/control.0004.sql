-- Sums of the query log by hour, which outlive its rows.
CREATE TABLE log_hours (
    hour INTEGER NOT NULL,
    client_group TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    queries INTEGER NOT NULL,
    PRIMARY KEY (hour, client_group, outcome)
) WITHOUT ROWID;
-- The last row that is in them.
CREATE TABLE log_hours_end (row_id INTEGER NOT NULL);
INSERT INTO log_hours_end (row_id) VALUES (0);

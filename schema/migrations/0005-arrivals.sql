-- SPDX-License-Identifier: MulanPSL-2.0
-- When what was written arrived: how many operations of which day a commit has, and when it came. Commits from before
-- this table have no rows: nobody knows. The authority's own commits have none either.
CREATE TABLE arrival(
  commit_no INTEGER NOT NULL,
  scope     INTEGER NOT NULL,
  day       INTEGER NOT NULL,        -- of the change, by its author's clock: days since 1970 in Beijing
  n         INTEGER NOT NULL,        -- operations of that day
  time      INTEGER,                 -- wall seconds: taken in here; for what was written here, first receipt over it
  PRIMARY KEY(commit_no, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX arrival_open ON arrival(commit_no) WHERE time IS NULL;

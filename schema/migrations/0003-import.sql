-- SPDX-License-Identifier: MulanPSL-2.0
-- What importing keeps: rows that wait for a person, and which column of a file means what.

-- Rows of imported files that could not become records, with the reason; until corrected or discarded. Local.
CREATE TABLE pending_row(
  no     INTEGER PRIMARY KEY AUTOINCREMENT,
  hash   BLOB NOT NULL UNIQUE,       -- 16 bytes over layout and cells: the same row is kept once
  layout TEXT NOT NULL,              -- fingerprint of the header it stood under
  file   TEXT NOT NULL,              -- name of the file, without its folder
  sheet  TEXT NOT NULL,              -- name of the sheet, "" where there is only one
  line   INTEGER NOT NULL,           -- row in the file
  kind   TEXT NOT NULL,
  title  TEXT NOT NULL,              -- what names its record to people, or ""
  cells  TEXT NOT NULL,              -- JSON: [[field or "", header, text], ...]
  field  TEXT NOT NULL,              -- label of the field that the reason is about, or ""
  reason TEXT NOT NULL,              -- the sentence
  time   INTEGER NOT NULL            -- wall seconds
) STRICT;
CREATE INDEX pending_title ON pending_row(layout, title);

-- What a person said a column of a file means; asked once per layout. Local.
CREATE TABLE layout_choice(
  layout TEXT NOT NULL,              -- fingerprint of the header
  col    INTEGER NOT NULL,           -- from 0
  kind   TEXT NOT NULL,
  field  TEXT NOT NULL,              -- "" leaves the column out
  PRIMARY KEY(layout, col)
) STRICT, WITHOUT ROWID;

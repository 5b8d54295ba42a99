-- SPDX-License-Identifier: MulanPSL-2.0
-- Who looked at, printed or exported full numbers on this PC, and the reports as they were handed in.
CREATE TABLE audit(
  no    INTEGER PRIMARY KEY AUTOINCREMENT,
  time  INTEGER NOT NULL,            -- wall seconds
  who   TEXT NOT NULL,               -- login name of the operating system
  act   TEXT NOT NULL,               -- print, export, show
  what  TEXT NOT NULL,               -- form, kind or report
  count INTEGER NOT NULL             -- people whose numbers were shown in full; never the numbers
) STRICT;
CREATE TABLE report_sent(
  no     INTEGER PRIMARY KEY AUTOINCREMENT,
  report TEXT NOT NULL,              -- R05
  first  TEXT NOT NULL,              -- period, both days included
  last   TEXT NOT NULL,
  filter TEXT NOT NULL,              -- place, authority and grouping, canonical
  time   INTEGER NOT NULL,           -- wall seconds
  body   TEXT NOT NULL               -- JSON as it was handed in
) STRICT;
CREATE INDEX report_sent_of ON report_sent(report, filter, first, last, no);

-- SPDX-License-Identifier: MulanPSL-2.0
-- How far this PC's clock was off while operations were saved, as measured at sessions.
CREATE TABLE clock_skew(
  no      INTEGER PRIMARY KEY,
  from_op INTEGER NOT NULL,          -- local number of the next operation at the first measure of the kind
  to_op   INTEGER NOT NULL,          -- ... at the last one
  skew    INTEGER NOT NULL           -- seconds: the hub's clock less ours
) STRICT;

-- SPDX-License-Identifier: MulanPSL-2.0
-- What the hub above refused, and what was issued again for it.
CREATE TABLE refused(
  commit_no INTEGER PRIMARY KEY,     -- log_commit.no
  reason    TEXT NOT NULL,           -- the hub's sentence
  time      INTEGER NOT NULL         -- wall seconds
) STRICT;
CREATE TABLE refused_op(
  op     INTEGER PRIMARY KEY,        -- the number that counts
  copy   INTEGER NOT NULL,           -- the copy that was sent last
  reason TEXT NOT NULL,
  time   INTEGER NOT NULL            -- wall seconds
) STRICT;
CREATE TABLE op_origin(
  op INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE reissue(
  op   INTEGER PRIMARY KEY,          -- draft.op
  at   INTEGER NOT NULL,             -- the number that counts: the order of cutting
  most INTEGER NOT NULL              -- most operations of the commit that takes it, 0: as many as fit
) STRICT;
CREATE INDEX reissue_at ON reissue(at);

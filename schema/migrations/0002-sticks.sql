-- SPDX-License-Identifier: MulanPSL-2.0
-- Sticks, history of exchanges, attachment bytes, the tray.

-- Hub only: what a device asked for on the last stick that was read, so that an answer can be written any time.
CREATE TABLE stick(
  device  INTEGER PRIMARY KEY,       -- device.no of who asked
  counter INTEGER NOT NULL,          -- of its bundle
  time    INTEGER NOT NULL,          -- wall seconds of reading it
  ask     BLOB NOT NULL,             -- its request (FORMAT 10) without commits
  enrol   BLOB                       -- answer to its enrolment, until the device is heard of again
) STRICT;

-- Exchanges over the line and by stick, the newest few hundred; for people.
CREATE TABLE exchange(
  no      INTEGER PRIMARY KEY AUTOINCREMENT,
  time    INTEGER NOT NULL,          -- wall seconds of its begin
  way     TEXT NOT NULL,             -- line, stick-out, stick-in
  outcome TEXT NOT NULL,             -- ok, or the word of an error
  said    TEXT NOT NULL,             -- the sentence that was shown, or ""
  peer    TEXT NOT NULL,             -- device id of the other side, or ""
  ms      INTEGER NOT NULL,
  up      INTEGER NOT NULL,          -- bytes
  down    INTEGER NOT NULL,
  ops_up  INTEGER NOT NULL,
  ops_down INTEGER NOT NULL
) STRICT;

-- Bytes of attachments: outside the chains, addressed by hash, in pieces. Droppable: the record stays.
CREATE TABLE blob(
  no     INTEGER PRIMARY KEY,
  scope  INTEGER NOT NULL,
  hash   BLOB NOT NULL,              -- SHA-256, 32 bytes
  size   INTEGER NOT NULL,
  have   INTEGER NOT NULL,           -- bytes from the beginning that are here
  there  INTEGER NOT NULL DEFAULT 0, -- bytes from the beginning that the hub above has
  want   INTEGER NOT NULL DEFAULT 0, -- 1: fetch it from the hub above
  time   INTEGER NOT NULL,           -- wall seconds when its last piece came
  UNIQUE(scope, hash)
) STRICT;
CREATE TABLE blob_piece(
  blob  INTEGER NOT NULL,
  at    INTEGER NOT NULL,            -- offset of its first byte
  bytes BLOB NOT NULL,
  PRIMARY KEY(blob, at)
) STRICT, WITHOUT ROWID;

-- Returned operations that a person has dealt with: sent again, or withdrawn. Local.
CREATE TABLE tray(
  op   INTEGER PRIMARY KEY,
  how  TEXT NOT NULL,                -- resent, withdrawn
  time INTEGER NOT NULL
) STRICT;

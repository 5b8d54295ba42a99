-- SPDX-License-Identifier: MulanPSL-2.0
-- Keys by which a hub replaced its first one, and the operations that say so.
CREATE TABLE succession(
  device INTEGER NOT NULL,           -- device.no
  no     INTEGER NOT NULL,           -- 1: follows device.key
  key    BLOB NOT NULL,              -- Ed25519 public key, 32 bytes
  sig    BLOB NOT NULL,              -- of the key before, over the statement
  rival  BLOB,                       -- another key that claimed this place later
  PRIMARY KEY(device, no)
) STRICT, WITHOUT ROWID;
CREATE TABLE succession_op(
  scope  INTEGER NOT NULL,
  device INTEGER NOT NULL,
  no     INTEGER NOT NULL,
  op     INTEGER NOT NULL,           -- its local number
  PRIMARY KEY(scope, device, no)
) STRICT, WITHOUT ROWID;

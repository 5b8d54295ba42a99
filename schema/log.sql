-- SPDX-License-Identifier: MulanPSL-2.0
-- The log tables: truth. Written once, changed in shape only by schema/migrations/. Everything else
-- in the file is a projection that `jiceng rebuild` drops and fills again.

-- Settings of this node: role, its device id, run-time marks.
CREATE TABLE meta(
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A scope is a repository. no 1 is the node's own scope; before a branch has joined it has no id.
CREATE TABLE scope(
  no       INTEGER PRIMARY KEY,
  id       TEXT UNIQUE,              -- 12 characters, NULL until joined
  role     TEXT NOT NULL,            -- branch, office, common
  name     TEXT NOT NULL,            -- for people
  network  TEXT,                     -- 12 characters
  authority TEXT,                    -- device id of the home hub
  founding BLOB,                     -- SHA-256 of the founding operation's line
  idkey    BLOB,                     -- 32 bytes, makes record ids from external keys
  mine     INTEGER NOT NULL DEFAULT 0 -- 1: this node writes here
) STRICT;

-- Devices ever seen. The id is the first 60 bits of the SHA-256 of the public key.
CREATE TABLE device(
  no    INTEGER PRIMARY KEY,
  id    TEXT NOT NULL UNIQUE,
  key   BLOB NOT NULL,               -- Ed25519 public key, 32 bytes
  label TEXT                         -- for people
) STRICT;

-- Git objects; z is a plain zlib stream, byte for byte the body of a pack entry.
CREATE TABLE object(
  no    INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  oid   BLOB NOT NULL,               -- 20 bytes
  type  INTEGER NOT NULL,            -- 1 commit, 2 tree, 3 blob
  size  INTEGER NOT NULL,            -- inflated
  z     BLOB NOT NULL,
  UNIQUE(scope, oid)
) STRICT;

-- One row per commit, in order of arrival: `no` is the exchange's cursor. Parents come before.
CREATE TABLE log_commit(
  no       INTEGER PRIMARY KEY AUTOINCREMENT,
  scope    INTEGER NOT NULL,
  oid      BLOB NOT NULL,            -- 20 bytes, an address only
  hash     BLOB NOT NULL UNIQUE,     -- SHA-256 of the signed bytes, 32 bytes
  tier     INTEGER NOT NULL,
  device   INTEGER NOT NULL,         -- device.no
  run      TEXT NOT NULL,
  seq      INTEGER NOT NULL,         -- place in its chain, from 1
  lamport  INTEGER NOT NULL,
  time     INTEGER NOT NULL,         -- author's clock, seconds; shown only
  schema   INTEGER NOT NULL,
  first_op INTEGER NOT NULL,         -- local number of operation 0 when taken in whole; 0 when cut here
  nops     INTEGER NOT NULL,
  parents  BLOB NOT NULL,            -- varints: log_commit.no of each parent in order
  ops      INTEGER NOT NULL,         -- object.no of the ops blob
  UNIQUE(scope, oid)
) STRICT;
CREATE INDEX log_commit_scope ON log_commit(scope, no);

-- References. Chain refs carry their tier, device and tip; refs/heads/main has them too.
CREATE TABLE ref(
  no     INTEGER PRIMARY KEY,
  scope  INTEGER NOT NULL,
  name   TEXT NOT NULL,
  oid    BLOB NOT NULL,
  tier   INTEGER,
  device INTEGER,                    -- device.no, NULL for refs that are not chains
  tip    INTEGER,                    -- log_commit.no
  UNIQUE(scope, name)
) STRICT;

-- Local numbers of operations -> place in a commit. A draft's number is kept when it is cut.
CREATE TABLE oprange(
  first  INTEGER PRIMARY KEY,        -- first local number of the run
  n      INTEGER NOT NULL,
  commit_no INTEGER NOT NULL,
  idx    INTEGER NOT NULL            -- index of `first` within the commit
) STRICT;
CREATE INDEX oprange_commit ON oprange(commit_no, idx);

-- Copies of one operation (equal batch, place and content): op is a copy of `same`.
CREATE TABLE op_same(
  op   INTEGER PRIMARY KEY,
  same INTEGER NOT NULL
) STRICT;
CREATE INDEX op_same_same ON op_same(same);
CREATE TABLE batch(
  scope INTEGER NOT NULL,
  id    TEXT NOT NULL,
  op    INTEGER NOT NULL,            -- local number of the first operation of a run seen with it
  n     INTEGER NOT NULL,            -- length of that run (consecutive places and local numbers)
  place INTEGER NOT NULL,            -- place of the first
  PRIMARY KEY(scope, id, op)
) STRICT, WITHOUT ROWID;

-- Drafts: saved, durable, not yet cut. `line` is the operation with references as local numbers.
CREATE TABLE draft(
  op    INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  tier  INTEGER NOT NULL,
  line  BLOB NOT NULL
) STRICT;

-- Standing of devices in a scope, folded from `device` operations.
CREATE TABLE standing(
  scope  INTEGER NOT NULL,
  device INTEGER NOT NULL,
  state  TEXT NOT NULL,              -- enrolled, revoked
  op     INTEGER NOT NULL,
  PRIMARY KEY(scope, device)
) STRICT, WITHOUT ROWID;

-- Newest receipt note per scope, tier and hub, with its signature.
CREATE TABLE note(
  scope   INTEGER NOT NULL,
  tier    INTEGER NOT NULL,
  hub     TEXT NOT NULL,
  epoch   TEXT NOT NULL,
  counter INTEGER NOT NULL,
  body    BLOB NOT NULL,             -- the signed text
  sig     BLOB NOT NULL,             -- 64 bytes
  PRIMARY KEY(scope, tier, hub)
) STRICT, WITHOUT ROWID;

-- The hub above this node.
CREATE TABLE peer(
  no      INTEGER PRIMARY KEY,
  url     TEXT NOT NULL,
  hub     TEXT NOT NULL,             -- its device id
  key     BLOB NOT NULL,             -- its Ed25519 key
  pin     TEXT NOT NULL,             -- sha256//base64 of its TLS public key
  login   TEXT NOT NULL,             -- our device id there
  secret  TEXT NOT NULL,             -- our credential there
  epoch   TEXT,                      -- the hub's epoch at the last session
  last_ok INTEGER,                   -- wall seconds of the last complete session
  last_try INTEGER,
  last_err TEXT
) STRICT;
CREATE TABLE peer_scope(
  peer   INTEGER NOT NULL,
  scope  INTEGER NOT NULL,
  cursor INTEGER NOT NULL DEFAULT 0, -- the hub's log_commit.no up to which we have its news
  push   INTEGER NOT NULL DEFAULT 0, -- 1: we push here
  PRIMARY KEY(peer, scope)
) STRICT, WITHOUT ROWID;

-- Hub only: open invitations and the credentials of enrolled devices.
CREATE TABLE invite(
  no      INTEGER PRIMARY KEY,
  scope   INTEGER NOT NULL,
  tag     TEXT NOT NULL UNIQUE,      -- public half of the code, finds the row
  mac_key BLOB NOT NULL,             -- derived from the secret half
  tries   INTEGER NOT NULL DEFAULT 0,
  made    INTEGER NOT NULL,          -- wall seconds
  used_by TEXT                       -- device id, NULL while open
) STRICT;
CREATE TABLE credential(
  device  INTEGER PRIMARY KEY,       -- device.no
  scope   INTEGER NOT NULL,          -- its own scope
  hash    BLOB NOT NULL,             -- SHA-256 of the credential
  made    INTEGER NOT NULL,
  seen    INTEGER                    -- wall seconds of its last session
) STRICT;

-- A record's id printed before joining -> the id it has since. Local, never sent.
CREATE TABLE id_settled(
  old TEXT PRIMARY KEY,
  new TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a record id was made from, until this node has joined and the ids of drafts are settled.
CREATE TABLE id_source(
  id   TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  how  TEXT NOT NULL,                -- key, person
  a    TEXT NOT NULL,                -- external key, or number
  b    TEXT NOT NULL DEFAULT ''      -- name of the person
) STRICT, WITHOUT ROWID;

-- Batches saved on this node, newest last: what `undo` takes back.
CREATE TABLE saved(
  no     INTEGER PRIMARY KEY,
  batch  TEXT NOT NULL,
  first  INTEGER NOT NULL,           -- local number of its first operation
  n      INTEGER NOT NULL,
  time   INTEGER NOT NULL,           -- wall seconds
  what   TEXT NOT NULL,              -- add, set, void, import, resolve, undo ...
  undone INTEGER NOT NULL DEFAULT 0
) STRICT;


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

-- Commits of this device that the hub above refused: kept, never sent or built upon again. Local.
CREATE TABLE refused(
  commit_no INTEGER PRIMARY KEY,     -- log_commit.no
  reason    TEXT NOT NULL,           -- the hub's sentence
  time      INTEGER NOT NULL         -- wall seconds
) STRICT;

-- Operations that were refused even alone: they have no effect here until a person mends them. Local.
CREATE TABLE refused_op(
  op     INTEGER PRIMARY KEY,        -- the number that counts
  copy   INTEGER NOT NULL,           -- the copy that was sent last
  reason TEXT NOT NULL,
  time   INTEGER NOT NULL            -- wall seconds
) STRICT;

-- Copies that another copy names as its origin (FORMAT 4): their ids do not count.
CREATE TABLE op_origin(
  op INTEGER PRIMARY KEY
) STRICT;

-- Drafts that issue an operation of a refused commit again. Local.
CREATE TABLE reissue(
  op   INTEGER PRIMARY KEY,          -- draft.op
  at   INTEGER NOT NULL,             -- the number that counts: the order of cutting
  most INTEGER NOT NULL              -- most operations of the commit that takes it, 0: as many as fit
) STRICT;
CREATE INDEX reissue_at ON reissue(at);

-- How far this PC's clock was off, as measured at sessions; measures that say the same are one row. Local.
CREATE TABLE clock_skew(
  no      INTEGER PRIMARY KEY,
  from_op INTEGER NOT NULL,          -- local number of the next operation at the first measure of the kind
  to_op   INTEGER NOT NULL,          -- ... at the last one
  skew    INTEGER NOT NULL           -- seconds: the hub's clock less ours
) STRICT;

-- Keys by which a hub replaced its first one, each said by the one before.
CREATE TABLE succession(
  device INTEGER NOT NULL,           -- device.no
  no     INTEGER NOT NULL,           -- 1: follows device.key
  key    BLOB NOT NULL,              -- Ed25519 public key, 32 bytes
  sig    BLOB NOT NULL,              -- of the key before, over the statement
  rival  BLOB,                       -- another key that claimed this place later
  PRIMARY KEY(device, no)
) STRICT, WITHOUT ROWID;

-- Operations that carry such a statement, the first of each in a scope: what follows them there may be signed by that key.
CREATE TABLE succession_op(
  scope  INTEGER NOT NULL,
  device INTEGER NOT NULL,
  no     INTEGER NOT NULL,
  op     INTEGER NOT NULL,           -- its local number
  PRIMARY KEY(scope, device, no)
) STRICT, WITHOUT ROWID;

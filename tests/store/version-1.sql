CREATE TABLE counter (one INTEGER PRIMARY KEY CHECK (one = 1), rev INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES (1, 0);

CREATE TABLE songs (
  id      INTEGER PRIMARY KEY,
  title   TEXT NOT NULL CHECK (title <> ''),
  folder  TEXT UNIQUE COLLATE NOCASE,  -- the folder's name, once something was ordered
  created INTEGER NOT NULL,            -- all times: milliseconds since 1970, UTC
  touched INTEGER NOT NULL,
  opened  INTEGER NOT NULL,
  rev     INTEGER NOT NULL
) STRICT;

CREATE TABLE drafts (
  song     INTEGER PRIMARY KEY REFERENCES songs (id),
  revision INTEGER NOT NULL,
  draft    TEXT NOT NULL,              -- JSON
  saved    INTEGER NOT NULL,
  writer   TEXT NOT NULL,
  rev      INTEGER NOT NULL
) STRICT;

CREATE TABLE versions (
  id     INTEGER PRIMARY KEY,
  song   INTEGER NOT NULL REFERENCES songs (id),
  at     INTEGER NOT NULL,
  origin TEXT NOT NULL,                -- `kept`, `ordered`, `from the screen on pts/3`
  draft  TEXT NOT NULL
) STRICT;
CREATE INDEX versions_of_song ON versions (song, at);

CREATE TABLE takes (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  song            INTEGER NOT NULL REFERENCES songs (id),
  take            INTEGER NOT NULL,
  service         TEXT NOT NULL,
  model           TEXT NOT NULL,
  status          TEXT NOT NULL,
  why             TEXT,
  message         TEXT,
  request_tag     TEXT NOT NULL UNIQUE,
  remote_id       TEXT,
  service_request TEXT,
  draft           TEXT NOT NULL,       -- JSON, frozen
  request         TEXT NOT NULL,       -- JSON, frozen: exactly the body
  reference       TEXT,                -- the draft's address of a recording, for counting
  origin          INTEGER REFERENCES takes (id) ON DELETE SET NULL,
  folder          TEXT NOT NULL,
  key_print       TEXT,
  created         INTEGER NOT NULL,
  meant           INTEGER NOT NULL,    -- when a person last said that it should be bought
  place           REAL NOT NULL,       -- order among the unsent
  sent            INTEGER,
  finished        INTEGER,
  due             INTEGER,
  usual           INTEGER NOT NULL,    -- seconds
  sends           INTEGER NOT NULL DEFAULT 0,  -- requests that the service answered with 429
  failures        INTEGER NOT NULL DEFAULT 0,  -- questions in a row that went unanswered
  audio_url       TEXT,                -- signed: never shown, never logged
  file            TEXT,
  duration_ms     INTEGER,
  received        INTEGER NOT NULL DEFAULT 0,
  expected        INTEGER,
  credits         REAL,
  usd             REAL,
  heard           INTEGER NOT NULL DEFAULT 0,
  rating          INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
  pick            INTEGER NOT NULL DEFAULT 0,
  note            TEXT NOT NULL DEFAULT '',
  hidden          INTEGER NOT NULL DEFAULT 0,
  rev             INTEGER NOT NULL,
  UNIQUE (song, take)
) STRICT;
CREATE INDEX takes_rev ON takes (rev);
CREATE INDEX takes_live ON takes (status, service);
CREATE INDEX takes_place ON takes (place);
CREATE INDEX takes_created ON takes (created);
CREATE INDEX takes_reference ON takes (reference) WHERE reference IS NOT NULL;

CREATE TABLE library (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  name    TEXT NOT NULL,
  purpose TEXT NOT NULL,
  url     TEXT,
  note    TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL,
  rev     INTEGER NOT NULL
) STRICT;

CREATE TABLE facts (
  service TEXT NOT NULL,
  name    TEXT NOT NULL,
  value   REAL NOT NULL,
  at      INTEGER NOT NULL,
  rev     INTEGER NOT NULL,
  PRIMARY KEY (service, name)
) STRICT;

CREATE TABLE workers (
  service TEXT PRIMARY KEY,
  pid     INTEGER NOT NULL,
  started INTEGER NOT NULL,
  version TEXT NOT NULL
) STRICT;

CREATE TABLE screens (
  terminal TEXT PRIMARY KEY,           -- `pts/3`
  left_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE tombstones (
  kind TEXT NOT NULL,
  id   INTEGER NOT NULL,
  rev  INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;

-- One text for SQLite and PostgreSQL. Times are microseconds since 1970 in UTC, 0 for none.
-- Columns called data hold JSON that no statement looks into; what is searched is a column.
-- +goose Up
CREATE TABLE activity_head (one INTEGER PRIMARY KEY CHECK (one = 1), seq BIGINT NOT NULL);
INSERT INTO activity_head (one, seq) VALUES (1, 0);
CREATE TABLE activity (
  seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, door TEXT NOT NULL,
  kind TEXT NOT NULL, incident TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX activity_incident ON activity (incident, seq);

CREATE TABLE tasks (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL, due BIGINT NOT NULL,
  tries INTEGER NOT NULL, leased_until BIGINT NOT NULL, done_at BIGINT NOT NULL, note TEXT NOT NULL);
CREATE UNIQUE INDEX tasks_open ON tasks (kind, key) WHERE done_at = 0;
CREATE INDEX tasks_due ON tasks (due) WHERE done_at = 0;

CREATE TABLE organisation (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL, zone TEXT NOT NULL, opened_at BIGINT NOT NULL);
CREATE TABLE users (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, email_key TEXT NOT NULL UNIQUE, role INTEGER NOT NULL,
  password TEXT NOT NULL, joined_at BIGINT NOT NULL, left_at BIGINT NOT NULL);
CREATE TABLE teams (id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, function TEXT NOT NULL);
CREATE TABLE team_members (
  team TEXT NOT NULL REFERENCES teams (id), member TEXT NOT NULL REFERENCES users (id), PRIMARY KEY (team, member));
CREATE INDEX team_members_member ON team_members (member);
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, owner TEXT NOT NULL REFERENCES users (id), device TEXT NOT NULL,
  opened_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, ends_at BIGINT NOT NULL);
CREATE INDEX sessions_owner ON sessions (owner);
CREATE TABLE attempts (key TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX attempts_key ON attempts (key, at);

CREATE TABLE incidents (
  id TEXT PRIMARY KEY, number BIGINT NOT NULL UNIQUE, title TEXT NOT NULL, state INTEGER NOT NULL, visibility INTEGER NOT NULL,
  guests_see INTEGER NOT NULL, zone TEXT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, opened_by TEXT NOT NULL REFERENCES users (id),
  opened_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, rev BIGINT NOT NULL, data TEXT NOT NULL);
CREATE TABLE incident_head (one INTEGER PRIMARY KEY CHECK (one = 1), number BIGINT NOT NULL);
INSERT INTO incident_head (one, number) VALUES (1, 0);
CREATE TABLE incident_teams (incident TEXT NOT NULL REFERENCES incidents (id), team TEXT NOT NULL REFERENCES teams (id), PRIMARY KEY (incident, team));
CREATE TABLE incident_people (incident TEXT NOT NULL REFERENCES incidents (id), member TEXT NOT NULL REFERENCES users (id), PRIMARY KEY (incident, member));
CREATE INDEX incident_people_member ON incident_people (member);
CREATE TABLE incident_words (incident TEXT NOT NULL REFERENCES incidents (id), word TEXT NOT NULL, PRIMARY KEY (incident, word));
CREATE INDEX incident_words_word ON incident_words (word, incident);

CREATE TABLE invitations (
  id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, name TEXT NOT NULL, email TEXT NOT NULL, role INTEGER NOT NULL, teams TEXT NOT NULL,
  incident TEXT NOT NULL, inviter TEXT NOT NULL REFERENCES users (id), at BIGINT NOT NULL, ends_at BIGINT NOT NULL, closed_at BIGINT NOT NULL);

CREATE TABLE uploads (
  id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incidents (id), number INTEGER NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL,
  read_bytes BIGINT NOT NULL, total_bytes BIGINT NOT NULL, items INTEGER NOT NULL, summary TEXT NOT NULL, people TEXT NOT NULL,
  say TEXT NOT NULL, author TEXT NOT NULL REFERENCES users (id), at BIGINT NOT NULL, done_at BIGINT NOT NULL, UNIQUE (incident, number));
CREATE TABLE upload_files (
  upload TEXT NOT NULL REFERENCES uploads (id), path TEXT NOT NULL, digest TEXT NOT NULL, size BIGINT NOT NULL, PRIMARY KEY (upload, path));
CREATE INDEX upload_files_digest ON upload_files (digest);
CREATE TABLE evidence (
  id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incidents (id), upload TEXT NOT NULL REFERENCES uploads (id),
  n BIGINT NOT NULL, at BIGINT NOT NULL, source TEXT NOT NULL, file TEXT NOT NULL, tool_id TEXT NOT NULL,
  author TEXT NOT NULL, role TEXT NOT NULL, folded TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX evidence_order ON evidence (incident, at, n);
CREATE INDEX evidence_cite ON evidence (incident, file, tool_id);
CREATE INDEX evidence_upload ON evidence (upload);
CREATE INDEX evidence_author ON evidence (incident, author);

CREATE TABLE proposals (incident TEXT PRIMARY KEY REFERENCES incidents (id), made_at BIGINT NOT NULL, data TEXT NOT NULL);
CREATE TABLE entries (
  id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incidents (id), at BIGINT NOT NULL, standing INTEGER NOT NULL, rev BIGINT NOT NULL,
  changed_at BIGINT NOT NULL, data TEXT NOT NULL);
CREATE INDEX entries_incident ON entries (incident, at);
CREATE TABLE citations (
  entry TEXT NOT NULL REFERENCES entries (id), n INTEGER NOT NULL, incident TEXT NOT NULL, file TEXT NOT NULL, tool_id TEXT NOT NULL, PRIMARY KEY (entry, n));
CREATE INDEX citations_evidence ON citations (incident, file, tool_id);
CREATE TABLE team_accounts (
  entry TEXT NOT NULL REFERENCES entries (id), team TEXT NOT NULL REFERENCES teams (id), incident TEXT NOT NULL, rev BIGINT NOT NULL,
  author TEXT NOT NULL, changed_at BIGINT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (entry, team));
CREATE INDEX team_accounts_incident ON team_accounts (incident);
CREATE TABLE edits (
  id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incidents (id), rev BIGINT NOT NULL, what TEXT NOT NULL, author TEXT NOT NULL,
  at BIGINT NOT NULL, undone_at BIGINT NOT NULL);
CREATE INDEX edits_incident ON edits (incident, rev);
CREATE TABLE edit_entries (edit TEXT NOT NULL REFERENCES edits (id), entry TEXT NOT NULL, rev BIGINT NOT NULL, before TEXT NOT NULL, PRIMARY KEY (edit, entry));

CREATE TABLE answers (
  incident TEXT NOT NULL REFERENCES incidents (id), question TEXT NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL, at BIGINT NOT NULL,
  rev BIGINT NOT NULL, PRIMARY KEY (incident, question));
CREATE TABLE sections (
  id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incidents (id), key TEXT NOT NULL, n INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  rev BIGINT NOT NULL, written INTEGER NOT NULL, offered TEXT NOT NULL, author TEXT NOT NULL, changed_at BIGINT NOT NULL, UNIQUE (incident, key));
CREATE TABLE section_versions (
  section TEXT NOT NULL REFERENCES sections (id), rev BIGINT NOT NULL, body TEXT NOT NULL, author TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (section, rev));
CREATE TABLE sendings (
  id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incidents (id), number INTEGER NOT NULL, title TEXT NOT NULL, note TEXT NOT NULL,
  author TEXT NOT NULL, at BIGINT NOT NULL, data TEXT NOT NULL, UNIQUE (incident, number));
CREATE TABLE recipients (
  sending TEXT NOT NULL REFERENCES sendings (id), member TEXT NOT NULL REFERENCES users (id), read_at BIGINT NOT NULL, PRIMARY KEY (sending, member));
CREATE INDEX recipients_member ON recipients (member, read_at);

-- Notes on wording that somebody keeps, with a reason; who writes where, for half a
-- minute; and when the version of a section that stands now was begun.
-- +goose Up
CREATE TABLE kept_notes (
  id TEXT PRIMARY KEY, section TEXT NOT NULL REFERENCES sections (id), rule TEXT NOT NULL, words TEXT NOT NULL, reason TEXT NOT NULL,
  author TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX kept_notes_section ON kept_notes (section);
CREATE TABLE presences (
  section TEXT NOT NULL REFERENCES sections (id), member TEXT NOT NULL REFERENCES users (id), incident TEXT NOT NULL, until BIGINT NOT NULL,
  PRIMARY KEY (section, member));
CREATE INDEX presences_incident ON presences (incident);
ALTER TABLE sections ADD COLUMN begun_at BIGINT NOT NULL DEFAULT 0;

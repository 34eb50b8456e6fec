-- Mails that wait, went out or were given up, without address and text: whom one goes to
-- and what it tells of stands where it always did. And further links of an invitation,
-- by the hashes of their tokens: one for every mail.
-- +goose Up
CREATE TABLE mails (
  id TEXT PRIMARY KEY, about TEXT NOT NULL, member TEXT NOT NULL, state INTEGER NOT NULL, why TEXT NOT NULL,
  at BIGINT NOT NULL, changed_at BIGINT NOT NULL, UNIQUE (about, member));
CREATE TABLE invitation_links (token TEXT PRIMARY KEY, invitation TEXT NOT NULL REFERENCES invitations (id));
CREATE INDEX invitation_links_invitation ON invitation_links (invitation);

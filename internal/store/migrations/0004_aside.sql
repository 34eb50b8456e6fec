-- What somebody does not want to be asked for. It comes back when there is more of it
-- than there was.
-- +goose Up
CREATE TABLE aside (member TEXT NOT NULL REFERENCES users (id), need TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (member, need));

-- Entries have a number within their incident, which stays: drafts cite it as [e07].
-- +goose Up
ALTER TABLE entries ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
UPDATE entries SET number = (SELECT COUNT(*) FROM entries o WHERE o.incident = entries.incident AND (o.at < entries.at OR (o.at = entries.at AND o.id <= entries.id)));

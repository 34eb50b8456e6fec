-- Evidence is listed in the order of time, with what has no time last, and counted by
-- source and role, also when an incident has a hundred thousand pieces.
-- +goose Up
CREATE INDEX evidence_time ON evidence (incident, (CASE WHEN at = 0 THEN 9223372036854775807 ELSE at END), n);
CREATE INDEX evidence_source ON evidence (incident, source);
CREATE INDEX evidence_role ON evidence (incident, role);

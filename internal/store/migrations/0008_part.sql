-- Home asks which incidents somebody is part of: which they opened, which name their
-- team, in which they did something.
-- +goose Up
CREATE INDEX incidents_opened ON incidents (opened_by, number);
CREATE INDEX incident_teams_team ON incident_teams (team, incident);
CREATE INDEX activity_actor ON activity (actor, incident);

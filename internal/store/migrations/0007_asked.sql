-- An answer keeps the words of its question: evidence that comes later may no longer
-- raise it, and what was said stays readable.
-- +goose Up
ALTER TABLE answers ADD COLUMN asked TEXT NOT NULL DEFAULT '';

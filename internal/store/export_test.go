package store

// Pretend says that a later version of the program brought the tables up to date.
func (s *Store) Pretend(version int) error {
	_, err := s.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)", version, true)
	return err
}

package store

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"debrief.dev/debrief"
)

// Tables lists every table in an order in which rows can be inserted: what is
// referred to comes first.
var Tables = []string{
	"organisation", "users", "teams", "team_members", "sessions", "attempts", "incidents", "incident_head", "incident_teams",
	"incident_people", "incident_words", "invitations", "invitation_links", "uploads", "upload_files", "evidence", "proposals", "entries", "citations",
	"team_accounts", "edits", "edit_entries", "answers", "sections", "section_versions", "kept_notes", "presences", "sendings", "recipients", "mails", "aside",
	"activity", "activity_head", "tasks",
}

// Newest is the number of the newest migration.
func Newest() (int, error) {
	names, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, err
	}
	var n int
	_, err = fmt.Sscanf(names[len(names)-1].Name(), "%d", &n)
	return n, err
}

// Version is the number of the last migration of the tables that are open.
func (s *Store) Version() int { return s.version }

// Dump writes the rows of a table: a line with the names of its columns, then
// a line for each row, as JSON lists of numbers and texts. The form is the same
// for both databases.
func (t *Tx) Dump(table string, w io.Writer) (rows int, err error) {
	if err := known(table); err != nil {
		return 0, err
	}
	q, err := t.tx.QueryContext(t.ctx, "SELECT * FROM "+table)
	if err != nil {
		return 0, kinded(err)
	}
	defer q.Close()
	cols, err := q.Columns()
	if err != nil {
		return 0, err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(cols); err != nil {
		return 0, err
	}
	vals, into := make([]any, len(cols)), make([]any, len(cols))
	for i := range vals {
		into[i] = &vals[i]
	}
	for ; q.Next(); rows++ {
		if err := q.Scan(into...); err != nil {
			return rows, err
		}
		if err := e.Encode(vals); err != nil {
			return rows, err
		}
	}
	return rows, kinded(q.Err())
}

func known(table string) error {
	for _, t := range Tables {
		if t == table {
			return nil
		}
	}
	return &debrief.Error{Kind: debrief.Invalid, Field: table, Say: "There is no such table.", Hint: "The archive may come from a newer Debrief."}
}

// Load inserts the rows that Dump wrote, in place of those of the table. Columns
// that the table does not have are an error: nothing is left out in silence.
func (t *Tx) Load(table string, r io.Reader) (rows int, err error) {
	if err := known(table); err != nil {
		return 0, err
	}
	if err := t.do("DELETE FROM " + table); err != nil {
		return 0, err
	}
	q, err := t.tx.QueryContext(t.ctx, "SELECT * FROM "+table)
	if err != nil {
		return 0, kinded(err)
	}
	have, err := q.Columns()
	q.Close()
	if err != nil {
		return 0, err
	}
	columns := map[string]bool{}
	for _, c := range have {
		columns[c] = true
	}
	d := json.NewDecoder(bufio.NewReaderSize(r, 1<<16))
	d.UseNumber()
	var cols []string
	if err := d.Decode(&cols); err != nil {
		return 0, unreadable(table, err)
	}
	for _, c := range cols {
		if !columns[c] {
			return 0, &debrief.Error{Kind: debrief.Invalid, Field: table, Say: "The archive has a column that this Debrief does not know.", Hint: "Use the version that made it."}
		}
	}
	if len(cols) != len(have) {
		return 0, &debrief.Error{Kind: debrief.Invalid, Field: table, Say: "The archive lacks a column.", Hint: "Use the version that made it."}
	}
	// Both databases take at least 32,766 arguments in a statement.
	most := min(200, 30_000/len(cols))
	for {
		var c clause
		for range most {
			var vals []any
			if err := d.Decode(&vals); err == io.EOF {
				break
			} else if err != nil {
				return rows, unreadable(table, err)
			}
			if len(vals) != len(cols) {
				return rows, unreadable(table, fmt.Errorf("a row has %d columns of %d", len(vals), len(cols)))
			}
			for i, v := range vals {
				switch v := v.(type) {
				case json.Number:
					n, err := v.Int64()
					if err != nil {
						return rows, unreadable(table, err)
					}
					vals[i] = n
				case string:
				default:
					return rows, unreadable(table, fmt.Errorf("a value is neither a number nor a text"))
				}
			}
			c.and("("+in(len(cols))+")", vals...)
		}
		if len(c.text) == 0 {
			return rows, nil
		}
		if err := t.do("INSERT INTO "+table+" ("+strings.Join(cols, ", ")+") VALUES "+strings.Join(c.text, ", "), c.args...); err != nil {
			return rows, err
		}
		rows += len(c.text)
	}
}

func unreadable(table string, err error) error {
	return &debrief.Error{Kind: debrief.Invalid, Field: table, Say: "A row of the archive cannot be read.", Hint: "The archive is damaged; take another.", Err: err}
}

// FreeTasks gives every task back: whoever held one did so elsewhere.
func (t *Tx) FreeTasks() error { return t.do("UPDATE tasks SET leased_until = 0") }

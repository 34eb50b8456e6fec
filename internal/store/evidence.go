package store

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"debrief.dev/debrief"
)

const uploadColumns = "id, incident, number, name, state, read_bytes, total_bytes, items, summary, say, author, at, done_at"

func scanUpload(r scanner) (u debrief.Upload, err error) {
	var summary string
	var at, done int64
	err = r.Scan((*string)(&u.ID), (*string)(&u.Incident), &u.Number, &u.Name, (*int)(&u.State), &u.Read, &u.Total, &u.Items, &summary, &u.Say, (*string)(&u.By), &at, &done)
	if summary != "" {
		u.Summary = json.RawMessage(summary)
	}
	u.At, u.DoneAt = instant(at), instant(done)
	return u, err
}

func (t *Tx) withFiles(u debrief.Upload, err error) (debrief.Upload, error) {
	if err != nil {
		return u, err
	}
	u.Files, err = many(t, func(r scanner) (f debrief.UploadFile, err error) {
		err = r.Scan(&f.Path, &f.Digest, &f.Size)
		return f, err
	}, "SELECT path, digest, size FROM upload_files WHERE upload = $1 ORDER BY path", string(u.ID))
	return u, err
}

// InsertUpload adds an upload and gives it the next number of its incident,
// which must be touched.
func (t *Tx) InsertUpload(u *debrief.Upload) error {
	n, err := t.number("SELECT COALESCE(MAX(number), 0) + 1 FROM uploads WHERE incident = $1", string(u.Incident))
	if err != nil {
		return err
	}
	u.Number, u.At, u.By = int(n), t.now, t.actor.ID
	return t.do(`INSERT INTO uploads (id, incident, number, name, state, read_bytes, total_bytes, items, summary, people, say, author, at, done_at)
		VALUES ($1, $2, $3, $4, $5, 0, -1, 0, '', '', '', $6, $7, 0)`,
		string(u.ID), string(u.Incident), u.Number, u.Name, int(u.State), string(u.By), micros(t.now))
}

// Upload gives one with its files.
func (t *Tx) Upload(id debrief.UploadID) (debrief.Upload, error) {
	return t.withFiles(t.BareUpload(id))
}

// BareUpload gives one without its files.
func (t *Tx) BareUpload(id debrief.UploadID) (debrief.Upload, error) {
	return one(t, "There is no such upload.", scanUpload, "SELECT "+uploadColumns+" FROM uploads WHERE id = $1", string(id))
}

// Others says of the files of an upload, one path apart, how many they are and how
// many bytes they have together.
type Others struct {
	N     int
	Size  int64
	Clash bool // the path is a folder of theirs, or lies in one of them
}

// OtherFiles counts the files of an upload that do not have a path.
func (t *Tx) OtherFiles(id debrief.UploadID, path string) (Others, error) {
	return one(t, "", func(r scanner) (o Others, err error) {
		var clashes int
		err = r.Scan(&o.N, &o.Size, &clashes)
		o.Clash = clashes > 0
		return o, err
	}, `SELECT COUNT(*), COALESCE(SUM(size), 0), COALESCE(SUM(CASE WHEN substr(path, 1, length($2) + 1) = $2 || '/' OR substr($2, 1, length(path) + 1) = path || '/' THEN 1 ELSE 0 END), 0)
		FROM upload_files WHERE upload = $1 AND path <> $2`, string(id), path)
}

// Uploads gives those of an incident with their files, the first first.
func (t *Tx) Uploads(id debrief.IncidentID) ([]debrief.Upload, error) {
	us, err := many(t, scanUpload, "SELECT "+uploadColumns+" FROM uploads WHERE incident = $1 ORDER BY number", string(id))
	for i := range us {
		if us[i], err = t.withFiles(us[i], err); err != nil {
			return nil, err
		}
	}
	return us, err
}

// UpdateUpload changes how far an upload has come.
func (t *Tx) UpdateUpload(u debrief.Upload) error {
	return t.do("UPDATE uploads SET state = $1, read_bytes = $2, total_bytes = $3, items = $4, summary = $5, say = $6, done_at = $7, name = $8 WHERE id = $9",
		int(u.State), u.Read, u.Total, u.Items, string(u.Summary), u.Say, micros(u.DoneAt), u.Name, string(u.ID))
}

// SetPeople keeps whom the files of an upload know.
func (t *Tx) SetPeople(id debrief.UploadID, people []debrief.Person) error {
	return t.do("UPDATE uploads SET people = $1 WHERE id = $2", encode(people), string(id))
}

// People gives whom the evidence of an incident knows, upload by upload.
func (t *Tx) People(id debrief.IncidentID) ([]debrief.Person, error) {
	texts, err := many(t, word[string], "SELECT people FROM uploads WHERE incident = $1 ORDER BY number", string(id))
	var all []debrief.Person
	for _, text := range texts {
		var some []debrief.Person
		if err := decode(text, &some); err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, err
}

// DeleteUpload takes back an upload that holds no evidence.
func (t *Tx) DeleteUpload(id debrief.UploadID) error {
	if err := t.do("DELETE FROM upload_files WHERE upload = $1", string(id)); err != nil {
		return err
	}
	return t.do("DELETE FROM uploads WHERE id = $1", string(id))
}

// PutFile adds a file to an upload, in place of one with the same path.
func (t *Tx) PutFile(id debrief.UploadID, f debrief.UploadFile) error {
	return t.do("INSERT INTO upload_files (upload, path, digest, size) VALUES ($1, $2, $3, $4) ON CONFLICT (upload, path) DO UPDATE SET digest = $3, size = $4",
		string(id), f.Path, f.Digest, f.Size)
}

// Digests gives every digest that some upload refers to.
func (t *Tx) Digests() ([]string, error) {
	return many(t, word[string], "SELECT DISTINCT digest FROM upload_files")
}

// SomeDigest gives a digest that some upload refers to, or "" if none does.
func (t *Tx) SomeDigest() (string, error) {
	some, err := many(t, word[string], "SELECT digest FROM upload_files ORDER BY digest LIMIT 1")
	if err != nil || len(some) == 0 {
		return "", err
	}
	return some[0], nil
}

// EvidenceRow is a piece of evidence with what it is found by.
type EvidenceRow struct {
	ID     debrief.EvidenceID
	N      int64 // its place within the upload, in the order of reading
	Author string
	Folded string
	Piece  debrief.Evidence
}

// InsertEvidence adds pieces that an upload holds.
func (t *Tx) InsertEvidence(u debrief.Upload, rows []EvidenceRow) error {
	// One statement for many rows: a round trip each would be most of the time.
	const each, most = 12, 80
	for len(rows) > 0 {
		some := rows[:min(most, len(rows))]
		rows = rows[len(some):]
		var c clause
		for _, r := range some {
			c.and("(?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)", string(r.ID), string(u.Incident), string(u.ID), int64(u.Number)<<32|r.N, micros(r.Piece.At.At),
				r.Piece.Source, r.Piece.File, r.Piece.ID, r.Author, r.Folded, encode(r.Piece))
		}
		err := t.do("INSERT INTO evidence (id, incident, upload, n, at, source, file, tool_id, author, role, folded, data) VALUES "+strings.Join(c.text, ", "), c.args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// DeleteEvidence takes out what was read of an upload, to read it again.
func (t *Tx) DeleteEvidence(id debrief.UploadID) error {
	return t.do("DELETE FROM evidence WHERE upload = $1", string(id))
}

// SetRole writes the role of everything that an author wrote in an incident.
func (t *Tx) SetRole(id debrief.IncidentID, author, role string) error {
	return t.do("UPDATE evidence SET role = $1 WHERE incident = $2 AND author = $3 AND role <> $1", role, string(id), author)
}

// AllEvidence gives everything of an incident in the order of time.
func (t *Tx) AllEvidence(id debrief.IncidentID) ([]debrief.Evidence, error) {
	return many(t, func(r scanner) (e debrief.Evidence, err error) {
		var data string
		if err = r.Scan(&data); err != nil {
			return e, err
		}
		return e, decode(data, &e)
	}, "SELECT data FROM evidence WHERE incident = $1 ORDER BY at, n", string(id))
}

// EvidenceFilter says which evidence of an incident is asked for; zero fields
// ask for all.
type EvidenceFilter struct {
	Query    string   // words, all of which occur
	Sources  []string // any of them
	Role     string   // of the author
	Upload   debrief.UploadID
	From, To time.Time // evidence without a time is left out if one is set
	Cited    bool      // cited by an entry that is accepted or suggested
	Uncited  bool
	After    string // the Next of the page before
	Limit    int    // at most 500; 0 means 100
}

const cited = `EXISTS (SELECT 1 FROM citations c JOIN entries n ON n.id = c.entry
	WHERE c.incident = e.incident AND c.file = e.file AND c.tool_id = e.tool_id AND n.standing IN (0, 1))`

func (f EvidenceFilter) clause(id debrief.IncidentID) clause {
	var c clause
	c.and("e.incident = ?", string(id))
	for _, w := range strings.Fields(Fold(f.Query)) {
		w = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(w)
		c.and(`e.folded LIKE ? ESCAPE '\'`, "%"+w+"%")
	}
	if len(f.Sources) > 0 {
		var args []any
		for _, s := range f.Sources {
			args = append(args, s)
		}
		c.and("e.source IN ("+in(len(args))+")", args...)
	}
	if f.Role != "" {
		c.and("e.role = ?", f.Role)
	}
	if f.Upload != "" {
		c.and("e.upload = ?", string(f.Upload))
	}
	if !f.From.IsZero() {
		c.and("e.at >= ?", micros(f.From))
	}
	if !f.To.IsZero() {
		c.and("e.at <= ? AND e.at <> 0", micros(f.To))
	}
	if f.Cited {
		c.and(cited)
	}
	if f.Uncited {
		c.and("NOT " + cited)
	}
	return c
}

// A Count is how many pieces have a value.
type Count struct {
	Value string
	N     int
}

// EvidencePage is a stretch of the evidence.
type EvidencePage struct {
	Items   []debrief.EvidenceItem
	Next    string // for EvidenceFilter.After; empty at the end
	Total   int    // that the filter finds
	All     int    // that the incident has
	Sources []Count
	Roles   []Count
}

type itemRow struct {
	debrief.EvidenceItem
	n int64
}

const itemColumns = "e.id, e.incident, e.upload, e.role, e.data, e.n"

func scanItem(r scanner) (i itemRow, err error) {
	var data string
	if err = r.Scan((*string)(&i.ID), (*string)(&i.Incident), (*string)(&i.Upload), &i.Role, &data, &i.n); err != nil {
		return i, err
	}
	return i, decode(data, &i.Evidence)
}

// byTime is where a piece stands in the order of time: one without a time stands
// behind all others. The index evidence_time is made of these very words.
const byTime = "CASE WHEN e.at = 0 THEN 9223372036854775807 ELSE e.at END"

// Evidence gives a page in the order of time. Counts by source and role are of
// the whole incident, so that a filter can be changed for another.
func (t *Tx) Evidence(id debrief.IncidentID, f EvidenceFilter) (p EvidencePage, err error) {
	c := f.clause(id)
	n, err := t.number("SELECT COUNT(*) FROM evidence e WHERE "+c.where(), c.args...)
	if err != nil {
		return p, err
	}
	p.Total = int(n)
	if n, err = t.number("SELECT COUNT(*) FROM evidence WHERE incident = $1", string(id)); err != nil {
		return p, err
	}
	p.All = int(n)
	for col, into := range map[string]*[]Count{"source": &p.Sources, "role": &p.Roles} {
		if *into, err = many(t, func(r scanner) (c Count, err error) {
			err = r.Scan(&c.Value, &c.N)
			return c, err
		}, "SELECT "+col+", COUNT(*) FROM evidence WHERE incident = $1 AND "+col+" <> '' GROUP BY "+col, string(id)); err != nil {
			return p, err
		}
	}
	if f.After != "" {
		at, n, err := parseCursor(f.After)
		if err != nil {
			return p, err
		}
		c.and("("+byTime+", e.n) > (?, ?)", at, n)
	}
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 100
	}
	c.args = append(c.args, f.Limit+1)
	rows, err := many(t, scanItem, "SELECT "+itemColumns+" FROM evidence e WHERE "+c.where()+" ORDER BY "+byTime+", e.n LIMIT $"+itoa(len(c.args)), c.args...)
	if err != nil {
		return p, err
	}
	if len(rows) > f.Limit {
		rows = rows[:f.Limit]
		last := rows[len(rows)-1]
		at := micros(last.At.At)
		if at == 0 {
			at = math.MaxInt64
		}
		p.Next = cursor(at, last.n)
	}
	by, err := t.citedBy(id)
	if err != nil {
		return p, err
	}
	for _, r := range rows {
		r.CitedBy = by[r.Cite()]
		p.Items = append(p.Items, r.EvidenceItem)
	}
	return p, nil
}

// EvidenceItem gives one piece.
func (t *Tx) EvidenceItem(id debrief.IncidentID, piece debrief.EvidenceID) (debrief.EvidenceItem, error) {
	r, err := one(t, "There is no such record in this incident.", scanItem,
		"SELECT "+itemColumns+" FROM evidence e WHERE e.incident = $1 AND e.id = $2", string(id), string(piece))
	if err != nil {
		return r.EvidenceItem, err
	}
	by, err := t.citedBy(id)
	r.CitedBy = by[r.Cite()]
	return r.EvidenceItem, err
}

// Neighbours gives at most n pieces before and after one, in the order of time,
// among those of its source and place.
func (t *Tx) Neighbours(id debrief.IncidentID, piece debrief.EvidenceID, n int) (before, after []debrief.EvidenceItem, err error) {
	const columns = "SELECT " + itemColumns + " FROM evidence e WHERE e.incident = $1 AND "
	of, err := one(t, "There is no such record in this incident.", scanItem, columns+"e.id = $2", string(id), string(piece))
	if err != nil {
		return nil, nil, err
	}
	at := micros(of.At.At)
	if at == 0 {
		at = math.MaxInt64
	}
	for _, side := range []struct {
		into      *[]debrief.EvidenceItem
		than, way string
	}{{&before, "<", "DESC"}, {&after, ">", "ASC"}} {
		rows, err := many(t, scanItem, columns+"e.source = $2 AND ("+byTime+", e.n) "+side.than+" ($3, $4) ORDER BY "+byTime+" "+side.way+", e.n "+side.way+" LIMIT $5",
			string(id), of.Source, at, of.n, 20*n)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			if r.Where == of.Where && len(*side.into) < n {
				*side.into = append(*side.into, r.EvidenceItem)
			}
		}
	}
	slices.Reverse(before)
	return before, after, nil
}

// Cites reports whether the incident holds evidence for the citation.
func (t *Tx) Cites(id debrief.IncidentID, c debrief.Citation) (bool, error) {
	n, err := t.number("SELECT COUNT(*) FROM (SELECT 1 FROM evidence WHERE incident = $1 AND file = $2 AND tool_id = $3 LIMIT 1) e", string(id), c.File, c.ID)
	return n > 0, err
}

func (t *Tx) citedBy(id debrief.IncidentID) (map[debrief.Citation][]debrief.EntryID, error) {
	by := map[debrief.Citation][]debrief.EntryID{}
	_, err := many(t, func(r scanner) (struct{}, error) {
		var c debrief.Citation
		var e debrief.EntryID
		err := r.Scan(&c.File, &c.ID, (*string)(&e))
		by[c] = append(by[c], e)
		return struct{}{}, err
	}, "SELECT c.file, c.tool_id, c.entry FROM citations c JOIN entries n ON n.id = c.entry WHERE c.incident = $1 AND n.standing IN (0, 1) ORDER BY n.at, n.id", string(id))
	return by, err
}

func cursor(at, n int64) string { return itoa64(at) + "." + itoa64(n) }

func parseCursor(s string) (at, n int64, err error) {
	a, b, ok := strings.Cut(s, ".")
	at, err1 := parse64(a)
	n, err2 := parse64(b)
	if !ok || err1 != nil || err2 != nil {
		return 0, 0, &debrief.Error{Kind: debrief.Invalid, Field: "after", Say: "This is not a place to go on from.", Hint: "Begin again from the first page."}
	}
	return at, n, nil
}

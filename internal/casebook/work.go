package casebook

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/coach"
	"debrief.dev/debrief/internal/evidence"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/redact"
	"debrief.dev/debrief/internal/report"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/timeline"
)

// A matter is everything an incident holds, as the pure packages want it.
type matter struct {
	in       debrief.Incident
	evidence []debrief.Evidence
	people   []debrief.Person
	cast     *redact.Cast
	entries  []debrief.TimelineEntry
	given    []debrief.GivenAnswer
	answers  coach.Answers
	uploads  []debrief.Upload
	sections []debrief.Section
	proposal *proposal
}

func matterOf(tx *store.Tx, id debrief.IncidentID) (*matter, error) {
	var m matter
	var err error
	read := func(do func() error) {
		if err == nil {
			err = do()
		}
	}
	read(func() (e error) { m.in, e = tx.Incident(id); return e })
	read(func() (e error) { m.evidence, e = tx.AllEvidence(id); return e })
	read(func() (e error) { m.people, e = tx.People(id); return e })
	read(func() (e error) { m.entries, e = tx.Entries(id); return e })
	read(func() (e error) { m.given, e = tx.Answers(id); return e })
	read(func() (e error) { m.uploads, e = tx.Uploads(id); return e })
	read(func() (e error) { m.sections, e = tx.Sections(id); return e })
	read(func() (e error) { m.proposal, e = proposalOf(tx, id); return e })
	for _, g := range m.given {
		m.answers = append(m.answers, coach.Answer{Answer: g.Answer})
	}
	return &m, err
}

// castOf gives the roles of the people of an incident.
func castOf(tx *store.Tx, id debrief.IncidentID) (*redact.Cast, error) {
	ev, err := tx.AllEvidence(id)
	if err != nil {
		return nil, err
	}
	people, err := tx.People(id)
	return redact.NewCast(people, ev), err
}

// workOn brings what the product says about an incident up to date with what
// people and tools have said: the proposal of the timeline, if there is new
// evidence; marks, questions and the draft always. It decides nothing that a
// person has decided.
func (c *Casebook) workOn(ctx context.Context, task store.Task) error {
	id := debrief.IncidentID(task.Key)
	look := func() (m *matter, err error) {
		err = c.st.View(ctx, func(tx *store.Tx) error {
			m, err = matterOf(tx, id)
			return err
		})
		return m, err
	}
	held := func(do func(*store.Tx) error) error {
		return c.st.Update(ctx, product, func(tx *store.Tx) error {
			ok, err := tx.HoldTask(task, jobs.Until(tx))
			if err != nil {
				return err
			}
			if !ok {
				return context.Canceled
			}
			if _, err := tx.TouchIncident(id); err != nil {
				return err
			}
			return do(tx)
		})
	}
	m, err := look()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(m.uploads, func(u debrief.Upload) bool { return u.State == debrief.Reading }) {
		return nil // half of it would mislead; the reading asks for this again when it is done
	}
	if len(m.evidence) == 0 && len(m.entries) == 0 {
		return nil
	}
	m.cast = redact.NewCast(m.people, m.evidence)
	window := [2]time.Time{m.in.From, m.in.To}
	if p := m.proposal; p == nil || p.Items != len(m.evidence) || p.AskedFor != window {
		if err := c.propose(ctx, m, held); err != nil {
			return err
		}
		cast := m.cast
		if m, err = look(); err != nil {
			return err
		}
		m.cast = cast
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.draft(m, held)
}

// propose makes the proposal anew. Suggestions that nobody touched make room;
// what people decided about stays, and is not suggested again.
func (c *Casebook) propose(ctx context.Context, m *matter, held func(func(*store.Tx) error) error) error {
	ev := append(slices.Clone(m.evidence), m.answers.Evidence(time.Time{})...)
	p := timeline.Propose(ev, m.people, timeline.Options{From: m.in.From, To: m.in.To, Cast: m.cast})
	outward(p, m.cast.External)
	if err := ctx.Err(); err != nil {
		return err
	}
	next := proposal{
		Items: len(m.evidence), AskedFor: [2]time.Time{m.in.From, m.in.To}, From: p.From, To: p.To, Long: p.Long,
		Marks: p.Marks, Gaps: p.Gaps, Skews: p.Skews, LeftOut: p.LeftOut,
	}
	for _, ch := range p.Changes {
		next.Changes = append(next.Changes, ch.Evidence)
	}
	roles := map[string]string{}
	for i := range m.evidence {
		if key := authorKey(m.evidence[i].Author); key != "" && roles[key] == "" {
			roles[key] = m.cast.Role(m.evidence[i].Author)
		}
	}
	return held(func(tx *store.Tx) error {
		now, err := tx.Entries(m.in.ID)
		if err != nil {
			return err
		}
		ids := map[string]string{} // from the proposal's to the room's
		told := map[debrief.Citation]string{}
		untouched := map[string]debrief.TimelineEntry{}
		for _, e := range now {
			if e.Standing == debrief.Suggested && e.By == "" && len(e.TeamAccounts) == 0 {
				untouched[e.ID] = e
				continue
			}
			for _, cite := range e.Evidence {
				told[cite] = e.ID
			}
		}
		suggested := 0
		for _, e := range p.Entries {
			if len(e.Evidence) > 0 && told[e.Evidence[0]] != "" {
				ids[e.ID] = told[e.Evidence[0]]
				continue
			}
			suggested++
			fresh := debrief.TimelineEntry{Entry: e, Incident: m.in.ID, Proposed: true}
			fresh.ID = ""
			for id, old := range untouched { // the same suggestion keeps its id
				if old.Text == e.Text && old.At.At.Equal(e.At.At) && slices.Equal(old.Evidence, e.Evidence) {
					fresh.ID = id
					break
				}
			}
			if fresh.ID != "" {
				ids[e.ID] = fresh.ID
				delete(untouched, fresh.ID)
				continue
			}
			fresh.ID = tx.NewID("ent_")
			ids[e.ID] = fresh.ID
			if err := tx.SaveEntry(&fresh); err != nil {
				return err
			}
		}
		for _, id := range slices.Sorted(maps.Keys(untouched)) {
			if err := tx.DeleteEntry(debrief.EntryID(id)); err != nil {
				return err
			}
		}
		kept := next
		kept.Marks = slices.Clone(next.Marks)
		for i := range kept.Marks {
			kept.Marks[i].Entry = ids[kept.Marks[i].Entry]
		}
		for _, key := range slices.Sorted(maps.Keys(roles)) {
			if err := tx.SetRole(m.in.ID, key, roles[key]); err != nil {
				return err
			}
		}
		text, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		tx.Record(debrief.TimelineProposed, m.in.ID, string(m.in.ID), map[string]string{"count": counted(suggested, "suggestion", "suggestions")})
		return tx.SaveProposal(m.in.ID, string(text))
	})
}

// outward makes every text of a proposal fit for readers outside the company:
// other organisations, internal hosts and secrets go, as people have gone.
func outward(p *timeline.Proposal, external func(string) string) {
	for i := range p.Entries {
		e := &p.Entries[i]
		e.Text, e.Corrected = external(e.Text), external(e.Corrected)
		for j := range e.Accounts {
			e.Accounts[j].Text = external(e.Accounts[j].Text)
		}
	}
	for i := range p.Marks {
		p.Marks[i].Why = external(p.Marks[i].Why)
	}
	for i := range p.Gaps {
		p.Gaps[i].Text = external(p.Gaps[i].Text)
	}
	for i := range p.Skews {
		p.Skews[i].Text = external(p.Skews[i].Text)
	}
}

// input is what questions and reports are made from. Entries have short ids
// here ("e07"), by their numbers; full gives the room's.
func (m *matter) input() (in report.Input, kase *coach.Case, full map[string]string) {
	p := m.proposal
	if p == nil {
		p = &proposal{}
	}
	var standing []debrief.Entry
	full, brief := map[string]string{}, map[string]string{}
	for _, e := range m.entries {
		if !stands(e) {
			continue
		}
		x := e.Entry
		x.ID = e.Cite()
		full[x.ID], brief[e.ID] = e.ID, x.ID
		for _, t := range e.TeamAccounts {
			x.Accounts = append(x.Accounts, t.Account)
		}
		standing = append(standing, x)
	}
	marks, gaps := p.now(m.entries)
	for i := range marks {
		marks[i].Entry = brief[marks[i].Entry]
	}
	ev := append(slices.Clone(m.evidence), m.answers.Evidence(time.Time{})...)
	from, to := orTime(m.in.From, p.From), orTime(m.in.To, p.To)
	kase = &coach.Case{
		Evidence: ev, People: m.people, From: from, To: to, Entries: standing, Marks: marks, Gaps: gaps,
		Changes: p.Changes, Clean: m.cast.External,
	}
	in = report.Input{
		Title: m.in.Title, From: from, To: to, Entries: standing, Marks: marks, Gaps: gaps, Changes: p.Changes,
		Answers: m.answers, Evidence: ev, Clean: m.cast.External,
	}
	if z, err := time.LoadLocation(m.in.Zone); err == nil && z != time.UTC {
		in.Zone = z
	}
	for _, s := range p.Skews {
		kase.Skewed = append(kase.Skewed, coach.Skewed{File: s.File, Text: s.Text, Evidence: s.Evidence})
		in.Corrections = append(in.Corrections, s.Text)
	}
	assumed := 0
	for i := range m.evidence {
		if e := &m.evidence[i]; e.At.Known() && e.At.Zone == debrief.ZoneAssumed {
			assumed++
		}
	}
	if assumed > 0 {
		in.Assumptions = append(in.Assumptions, coach.Count(assumed, "record names", "records name")+" no time zone; the times were read as UTC.")
	}
	left, problems := map[string]int{}, 0
	for _, u := range m.uploads {
		var s evidence.Summary
		if json.Unmarshal(u.Summary, &s) != nil { // not read yet
			continue
		}
		for reason, n := range s.LeftOut {
			left[reason] += n
		}
		problems += len(s.Problems) + s.MoreProblems
	}
	for _, counts := range []map[string]int{p.LeftOut, left} {
		for _, reason := range slices.Sorted(maps.Keys(counts)) {
			in.LeftOut = append(in.LeftOut, report.Count{Reason: reason, N: counts[reason]})
		}
	}
	if problems > 0 {
		in.LeftOut = append(in.LeftOut, report.Count{Reason: "places that could not be read", N: problems})
	}
	return in, kase, full
}

// clean makes the texts of a question fit for everybody who reads the pre-read.
func clean(q debrief.Question, external func(string) string) debrief.Question {
	q.Ask, q.Why, q.Assume = external(q.Ask), external(q.Why), external(q.Assume)
	q.Sides = slices.Clone(q.Sides)
	for i := range q.Sides {
		q.Sides[i].Text = external(q.Sides[i].Text)
	}
	return q
}

// draft asks the questions anew and writes the draft. Sections that a person
// wrote in keep their words and are offered the newer ones.
func (c *Casebook) draft(m *matter, held func(func(*store.Tx) error) error) error {
	in, kase, full := m.input()
	open := coach.Questions(kase, m.answers)
	in.Questions, in.Factors = open, coach.Factors(kase)
	sections, err := sectionsOf(report.Preread(in))
	if err != nil {
		return err
	}
	p := m.proposal
	if p == nil {
		p = &proposal{}
	}
	// What was answered stays in the list, as it was asked.
	var asked []debrief.Question
	for _, q := range open {
		q = clean(q, m.cast.External)
		for i, e := range q.Entries {
			q.Entries[i] = full[e]
		}
		asked = append(asked, q)
	}
	for _, q := range p.Questions {
		answered := slices.ContainsFunc(m.given, func(g debrief.GivenAnswer) bool { return g.Question == q.ID })
		if answered && !slices.ContainsFunc(asked, func(o debrief.Question) bool { return o.ID == q.ID }) {
			asked = append(asked, q)
		}
	}
	p.Questions = asked
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return held(func(tx *store.Tx) error {
		if err := tx.SaveProposal(m.in.ID, string(text)); err != nil {
			return err
		}
		now, err := tx.Sections(m.in.ID)
		if err != nil {
			return err
		}
		changed := false
		for n, s := range sections {
			at := slices.IndexFunc(now, func(o debrief.Section) bool { return o.Key == s.Key })
			switch {
			case at < 0:
				s.ID, s.Incident = debrief.SectionID(tx.NewID("sec_")), m.in.ID
				err = tx.InsertSection(&s, n)
				changed = true
			case !now[at].Written && (now[at].Body != s.Body || now[at].Title != s.Title):
				old := now[at]
				old.Body, old.Title = s.Body, s.Title
				err = tx.SaveSection(&old, old.By != "") // a draft over a draft is no version
				changed = true
			case now[at].Written:
				offer := s.Body
				if offer == now[at].Body {
					offer = ""
				}
				if offer != now[at].Offered {
					err = tx.OfferSection(now[at].ID, offer)
					changed = true
				}
			}
			if err != nil {
				return err
			}
		}
		if changed {
			tx.Record(debrief.PrereadDrafted, m.in.ID, string(m.in.ID), nil)
		} else {
			tx.Quiet()
		}
		return nil
	})
}

// sectionsOf gives the sections of a draft, as its Markdown has them. What
// stands before the first heading is the section "summary".
func sectionsOf(d *report.Document) ([]debrief.Section, error) {
	text, err := d.Write(report.Markdown)
	if err != nil {
		return nil, err
	}
	var all []debrief.Section
	for i, part := range strings.Split("\n"+string(text), "\n## ") {
		head, body, _ := strings.Cut(part, "\n")
		s := debrief.Section{Title: strings.TrimSpace(head), Body: strings.TrimSpace(body)}
		if i == 0 {
			s.Title = "Summary"
			_, s.Body, _ = strings.Cut(strings.TrimSpace(part), "\n") // its first line is the title of the whole
			s.Body = strings.TrimSpace(s.Body)
		}
		s.Key = keyOf(s.Title)
		all = append(all, s)
	}
	return all, nil
}

// keyOf is the name of a section that stays when its number changes: the words
// of its title.
func keyOf(title string) string {
	title = strings.TrimLeft(title, "0123456789. ")
	return strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
}

// Document writes the pre-read as it would be drafted now, in a format of
// package report, from what stands on the timeline.
func (c *Casebook) Document(ctx context.Context, a debrief.Actor, id debrief.IncidentID, format string) ([]byte, error) {
	in, err := c.reportInput(ctx, a, id, debrief.SeePreread)
	if err != nil {
		return nil, err
	}
	return report.Preread(in).Write(format)
}

// TimelineDocument writes the timeline in a format of package report.
func (c *Casebook) TimelineDocument(ctx context.Context, a debrief.Actor, id debrief.IncidentID, format string) ([]byte, error) {
	in, err := c.reportInput(ctx, a, id, debrief.SeePreread)
	if err != nil {
		return nil, err
	}
	return report.Timeline(in, format)
}

func (c *Casebook) reportInput(ctx context.Context, a debrief.Actor, id debrief.IncidentID, do debrief.Action) (in report.Input, err error) {
	var m *matter
	err = c.see(ctx, a, id, do, func(tx *store.Tx, _ *debrief.Incident) error {
		m, err = matterOf(tx, id)
		return err
	})
	if err != nil {
		return in, err
	}
	m.cast = redact.NewCast(m.people, m.evidence)
	in, kase, _ := m.input()
	in.Questions, in.Factors = coach.Questions(kase, m.answers), coach.Factors(kase)
	return in, nil
}

package evidence

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"debrief.dev/debrief"
)

// statusfeedEntry is one incident of a history feed, in Atom or RSS.
type statusfeedEntry struct {
	ID        string `xml:"id"`
	GUID      string `xml:"guid"`
	Title     string `xml:"title"`
	Published string `xml:"published"`
	Updated   string `xml:"updated"`
	PubDate   string `xml:"pubDate"`
	Links     []struct {
		Href string `xml:"href,attr"`
		Text string `xml:",chardata"`
	} `xml:"link"`
	Content     string `xml:"content"`
	Summary     string `xml:"summary"`
	Description string `xml:"description"`
}

// readStatusfeed reads the feed of a status page's history. It holds the
// updates of an incident as paragraphs of HTML, each with a day and time that
// name no year; the entry's own dates give it.
func readStatusfeed(ctx context.Context, f *File, out *Sink) error {
	limit := f.Options.Limits.orDefault().ItemBytes * jsonWhole
	data, err := io.ReadAll(io.LimitReader(f.R, int64(limit)+1))
	if err != nil {
		return err
	}
	if len(data) > limit {
		data = data[:limit]
		out.Problem(Problem{
			File: f.Path, Offset: int64(limit), Say: "The feed is longer than is read of one; its beginning was read.",
			Expected: "a feed of at most " + strconv.Itoa(limit) + " bytes", Hint: "Fetch a shorter stretch of the history.",
		})
	}
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.Strict = false
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	page := ""
	line, counted := 1, int64(0)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		begin := dec.InputOffset()
		line += bytes.Count(data[counted:begin], []byte{'\n'})
		counted = begin
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			out.Problem(Problem{
				File: f.Path, Line: line, Offset: begin, Say: "The feed breaks off or is not well-formed here; what stands before is kept.",
				Expected: "an Atom or RSS feed", Hint: "Fetch the feed again.",
			})
			return nil
		}
		el, ok := tok.(xml.StartElement)
		switch {
		case !ok:
		case el.Name.Local == "title" && page == "":
			if dec.DecodeElement(&page, &el) == nil {
				page = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(page), "- Incident History"))
			}
		case el.Name.Local == "entry", el.Name.Local == "item":
			var entry statusfeedEntry
			if err := dec.DecodeElement(&entry, &el); err != nil {
				continue // the next token tells of the break
			}
			t := &jsonTree{raw: data[begin:dec.InputOffset()], line: line, offset: begin}
			if err := statusfeedIncident(t, entry, page, f, out); err != nil {
				return err
			}
		}
	}
}

var (
	// statusfeedUpdate finds the updates of an entry in its plain text: a day and
	// time on a line, then the status and what was said.
	statusfeedUpdate = regexp.MustCompile(`(?m)^([A-Z][a-z]{2})\s+(\d{1,2}),?\s+(?:(\d{4}),?\s+)?(?:-\s+)?(\d{1,2}):(\d{2})\s*([A-Z]{2,5})?\s*$`)
	statusfeedState  = regexp.MustCompile(`^([A-Z][A-Za-z ]{2,20}?) [-–—] `)
)

// statusfeedZones are the abbreviations that status pages print, in hours east of UTC.
var statusfeedZones = map[string]float64{
	"UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "IST": 5.5, "SGT": 8, "HKT": 8,
	"JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BRT": -3,
}

// statusfeedIncident reads one entry of the feed.
func statusfeedIncident(t *jsonTree, entry statusfeedEntry, page string, f *File, out *Sink) error {
	base := t.evidence("statuspage", f)
	base.Sort = debrief.StatusUpdate
	base.Title = plainMarkup(entry.Title)
	for _, l := range entry.Links {
		if base.Link = strings.TrimSpace(firstOf(l.Href, l.Text)); base.Link != "" {
			break
		}
	}
	id := firstOf(afterSlash(base.Link), afterSlash(entry.ID), afterSlash(entry.GUID))
	base.Subject = prefixed("status page ", id)
	base.Where = firstOf(page, "status page")
	base.Author = debrief.Author{Name: base.Where, Bot: true}
	base.Thread = id
	refer(&base, id)
	last := stampMoment(firstOf(entry.Updated, entry.PubDate, entry.Published), f.Options)
	text := plainHTML(firstOf(entry.Content, entry.Description, entry.Summary))
	found := statusfeedUpdate.FindAllStringSubmatchIndex(text, -1)
	if len(found) == 0 {
		base.ID, base.Thread = id, ""
		base.At = stampMoment(firstOf(entry.Published, entry.PubDate, entry.Updated), f.Options)
		base.Text = firstOf(text, base.Title)
		if base.ID == "" {
			return nil
		}
		return out.Add(base)
	}
	for i, m := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		e := base
		e.Refs = append([]string(nil), base.Refs...)
		// Updates stand newest first; counted from the oldest, a number stays when
		// others are added.
		e.ID = id + "#" + strconv.Itoa(len(found)-i)
		part := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return text[m[2*n]:m[2*n+1]]
		}
		e.At = statusfeedMoment(part, last, f.Options)
		e.Text = strings.TrimSpace(text[m[1]:end])
		if s := statusfeedState.FindStringSubmatch(e.Text); s != nil {
			e.State = statuspageState(s[1])
			e.Attributes = map[string]string{"status": strings.ToLower(s[1])}
			e.Text = strings.TrimSpace(e.Text[len(s[0]):])
		}
		refer(&e, refsIn(e.Text)...)
		if !e.At.Known() {
			stampProblem(t, f, out, text[m[0]:m[1]])
		}
		if err := out.Add(e); err != nil {
			return err
		}
	}
	return nil
}

// statusfeedMoment reads the parts of a day and time; last is when the entry
// was changed last, and gives the year.
func statusfeedMoment(part func(int) string, last debrief.Moment, o Options) debrief.Moment {
	year := part(3)
	if year == "" {
		if !last.Known() {
			return debrief.Moment{}
		}
		year = strconv.Itoa(last.At.Year())
	}
	written := strings.TrimSpace(part(1) + " " + part(2) + ", " + part(4) + ":" + part(5) + " " + part(6))
	zone, certainty := time.UTC, debrief.ZoneAssumed
	if hours, known := statusfeedZones[part(6)]; known {
		zone, certainty = time.FixedZone(part(6), int(hours*3600)), debrief.ZoneStated
	} else if o.Zone != nil {
		zone, certainty = o.Zone, debrief.ZoneDefault
	}
	at, err := time.ParseInLocation("Jan 2 2006 15:04", part(1)+" "+part(2)+" "+year+" "+part(4)+":"+part(5), zone)
	if err != nil {
		return debrief.Moment{}
	}
	if part(3) == "" && at.After(last.At.Add(48*time.Hour)) {
		at = at.AddDate(-1, 0, 0) // the incident ran over the turn of the year
	}
	return stampSane(debrief.Moment{At: at.UTC(), Precision: debrief.ToMinute, Zone: certainty, Written: written})
}

package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"debrief.dev/debrief"
)

const oneMessage = `[{"type":"message","user":"U1","text":"%s","ts":"%d.000100"}]`

func message(text string, ts int) string { return fmt.Sprintf(oneMessage, text, ts) }

// zipOf packs names and contents, in pairs.
func zipOf(t testing.TB, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = io.WriteString(w, pairs[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// folderOf writes names and contents, in pairs, into a new folder.
func folderOf(t testing.TB, pairs ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(pairs); i += 2 {
		name := filepath.Join(dir, filepath.FromSlash(pairs[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(pairs[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func readFolder(t testing.TB, dir string, opts Options) *Reading {
	t.Helper()
	r, err := ReadAll(context.Background(), []string{dir}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// says reports whether a problem of the file has the words.
func says(r *Reading, file, words string) bool {
	for _, p := range r.Summary.Problems {
		if p.File == file && strings.Contains(p.Say, words) {
			return true
		}
	}
	return false
}

func TestArchivesInArchivesAreReadAndCitedByTheirWholePath(t *testing.T) {
	inner := zipOf(t, "general/2024-05-02.json", message("inside", 1714658400))
	dir := folderOf(t, "export.zip", zipOf(t, "a/inner.zip", inner))
	r := readFolder(t, dir, Options{})
	if len(r.Evidence) != 1 || r.Evidence[0].File != "export.zip!/a/inner.zip!/general/2024-05-02.json" || r.Evidence[0].Where != "#general" {
		t.Fatalf("got %+v, problems %v", r.Evidence, r.Summary.Problems)
	}
	r = readFolder(t, dir, Options{Limits: Limits{Depth: 1}})
	if len(r.Evidence) != 0 || !says(r, "export.zip!/a/inner.zip", "too many") {
		t.Errorf("depth not held: %v", r.Summary.Problems)
	}
}

func TestNamesThatLeadOutOfAnArchiveAreReported(t *testing.T) {
	names := []string{"../up.json", "/abs.json", "a/../../b.json", `..\win.json`}
	pairs := []string{"good/2024-05-02.json", message("good", 1714658400)}
	for i, n := range names {
		pairs = append(pairs, n, message("bad", 1714658401+i))
	}
	r := readFolder(t, folderOf(t, "x.zip", zipOf(t, pairs...)), Options{})
	if len(r.Evidence) != 1 {
		t.Errorf("read %d pieces", len(r.Evidence))
	}
	for _, n := range names {
		if !says(r, "x.zip!/"+n, "leads out") {
			t.Errorf("%s not reported: %v", n, r.Summary.Problems)
		}
	}
}

func TestABombInAnArchiveEndsEarlyAndTheRestIsRead(t *testing.T) {
	bomb := `[{"type":"message","ts":"1714658400.1","text":"` + strings.Repeat("a", 8<<20) + `"}]`
	dir := folderOf(t, "x.zip", zipOf(t, "a/2024-05-02.json", bomb, "b/2024-05-02.json", message("fine", 1714658400)))
	r := readFolder(t, dir, Options{Limits: Limits{Ratio: 100}})
	if len(r.Evidence) != 1 || r.Evidence[0].Text != "fine" || !says(r, "x.zip!/a/2024-05-02.json", "far more") {
		t.Errorf("got %d pieces, problems %v", len(r.Evidence), r.Summary.Problems)
	}
	if r.Summary.Bytes > 4<<20 {
		t.Errorf("unpacked %d bytes", r.Summary.Bytes)
	}
}

func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	outside := folderOf(t, "secret.json", message("secret", 1714658400))
	dir := folderOf(t, "general/2024-05-02.json", message("inside", 1714658400))
	if err := os.Symlink(filepath.Join(outside, "secret.json"), filepath.Join(dir, "link.json")); err != nil {
		t.Skip(err)
	}
	r := readFolder(t, dir, Options{})
	if len(r.Evidence) != 1 || !says(r, "link.json", "outside") {
		t.Errorf("got %d pieces, problems %v", len(r.Evidence), r.Summary.Problems)
	}
}

func TestTextInUTF16IsReadLikeAnyOther(t *testing.T) {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + message("grüße", 1714658400))) {
		b = append(b, byte(u), byte(u>>8))
	}
	for name, data := range map[string]string{"with a mark": string(b), "without": string(b[2:])} {
		r := readFolder(t, folderOf(t, "general/2024-05-02.json", data), Options{})
		if len(r.Evidence) != 1 || r.Evidence[0].Text != "grüße" {
			t.Errorf("%s: got %+v, %v", name, r.Evidence, r.Summary)
		}
	}
}

func TestTextInAnOlderEncodingIsReadAsItWasSaved(t *testing.T) {
	for raw, want := range map[string]string{
		"K\xe4ufer \x96 h\xe4ngt":        "Käufer – hängt",          // all of it Windows-1252
		"Käufer \xe4":                    "Käufer \uFFFD",           // UTF-8 with damage
		"a\x00b":                         "a\uFFFDb",                // no text
		"Käufer":                         "Käufer",                  // UTF-8
		"cut in the middle of K\xc3\xa4": "cut in the middle of Kä", // still UTF-8
	} {
		if got := plainText([]byte(raw)); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func TestMarkdownWithACommaInEachLineIsNoTable(t *testing.T) {
	text := "# Stopped orders, 12 March 2025\n\n- 09:05 orders hang, nobody can pay\n- 09:20 rolled back, it runs\n- 09:41 all green, thanks\n"
	r := readFolder(t, folderOf(t, "notes.md", text), Options{})
	if len(r.Evidence) != 3 || r.Evidence[0].Source != "notes" {
		t.Errorf("%+v", r.Evidence)
	}
	if c := csvSource.Recognise(sampleOf("x", []byte("when,who\n"+strings.Repeat("a,b\n", 5)), true)); c >= Certain {
		t.Errorf("two columns of which none has a known use are recognised with %d", c)
	}
}

func TestASourceThatPanicsCostsItsFileOnly(t *testing.T) {
	var got []string
	w := newWalk(context.Background(), Options{}, func(e debrief.Evidence) error { got = append(got, e.Text); return nil })
	w.sources = append([]Source{{
		Name: "odd", Title: "Odd", Recognise: func(s Sample) Confidence {
			if strings.Contains(s.Path, "odd") {
				return Certain + 1
			}
			return No
		},
		Read: func(context.Context, *File, *Sink) error { panic("odd") },
	}}, sources...)
	dir := folderOf(t, "a/odd.json", message("a", 1714658400), "b/2024-05-02.json", message("b", 1714658400))
	if err := w.argument(dir, ""); err != nil {
		t.Fatal(err)
	}
	if r := w.reading(); !says(r, "a/odd.json", "broke down") || len(got) != 1 || got[0] != "b" {
		t.Errorf("got %v, %v", got, r.Summary.Problems)
	}
}

func TestLimitsOfAReadingAreReportedAndKeepWhatWasRead(t *testing.T) {
	dir := folderOf(t, "a/2024-05-02.json", message("a", 1714658400), "b/2024-05-02.json", message("b", 1714658401))
	for name, l := range map[string]Limits{"items": {Items: 1}, "files": {Files: 1}, "bytes": {TotalBytes: 100}} {
		r := readFolder(t, dir, Options{Limits: l})
		if len(r.Evidence) != 1 || len(r.Summary.Problems) == 0 {
			t.Errorf("%s: %d pieces, problems %v", name, len(r.Evidence), r.Summary.Problems)
		}
	}
}

func TestEvidenceOutsideTheTimeAskedForIsLeftOutAndCounted(t *testing.T) {
	dir := folderOf(t, "a/2024-05-02.json", message("a", 1714658400), "b/2024-05-02.json", message("b", 1714658460))
	r := readFolder(t, dir, Options{From: time.Unix(1714658430, 0)})
	if len(r.Evidence) != 1 || r.Evidence[0].Text != "b" || r.Summary.LeftOut["records before the time that was asked for"] != 1 {
		t.Errorf("got %+v, left out %v", r.Evidence, r.Summary.LeftOut)
	}
}

func TestPersonsWhoShareAnIdHandleOrAddressBecomeOne(t *testing.T) {
	var c crowd
	c.add("a", debrief.Person{IDs: []string{"U1"}, Names: []string{"Ada"}})
	c.add("b", debrief.Person{Handles: []string{"ada"}, Emails: []string{"ada@example.org"}})
	c.add("a", debrief.Person{IDs: []string{"7"}})
	c.add("b", debrief.Person{IDs: []string{"7"}})
	c.add("c", debrief.Person{IDs: []string{"U1"}, Emails: []string{"ADA@example.org"}})
	got := c.list()
	if len(got) != 3 || got[0].Handles[0] != "ada" || got[0].IDs[0] != "U1" {
		t.Errorf("got %+v", got)
	}
}

func TestAPathThatDoesNotExistIsNamed(t *testing.T) {
	_, err := ReadAll(context.Background(), []string{filepath.Join(t.TempDir(), "none")}, Options{})
	if debrief.KindOf(err) != debrief.NotFound || debrief.HintOf(err) == "" || !strings.Contains(err.Error(), "none") {
		t.Errorf("got %v", err)
	}
}

func TestAnErrorOfTheCallerEndsTheReading(t *testing.T) {
	mine := errors.New("enough")
	dir := folderOf(t, "a/2024-05-02.json", message("a", 1714658400))
	if _, err := Read(context.Background(), []string{dir}, Options{}, func(debrief.Evidence) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("got %v", err)
	}
}

func treesOf(r io.Reader, l Limits) (got []string, problems []Problem, err error) {
	out := &Sink{problem: func(p Problem) { problems = append(problems, p) }}
	err = readTrees(context.Background(), &File{Path: "f", R: r, Options: Options{Limits: l}}, out, func(t *jsonTree) error {
		got = append(got, fmt.Sprintf("%d:%s", t.line, t.raw[:min(len(t.raw), 20)]))
		return nil
	})
	return got, problems, err
}

func TestABrokenJSONLineIsReportedAndTheNextIsRead(t *testing.T) {
	got, problems, err := treesOf(strings.NewReader("{\"a\":1}\n{\"b\":\n{\"c\": 3}\n"), Limits{})
	if err != nil || fmt.Sprint(got) != `[1:{"a":1} 3:{"c": 3}]` || len(problems) != 1 || problems[0].Line != 2 || problems[0].Offset != 8 {
		t.Errorf("got %v, %v, %v", got, problems, err)
	}
}

// letters are n bytes of one letter.
type letters struct{ n int }

func (l *letters) Read(b []byte) (int, error) {
	if l.n == 0 {
		return 0, io.EOF
	}
	n := min(l.n, len(b))
	for i := range b[:n] {
		b[i] = 'a'
	}
	l.n -= n
	return n, nil
}

func TestALineOfAHundredMegabytesIsReportedAndPassedOver(t *testing.T) {
	r := io.MultiReader(strings.NewReader(`{"a":"`), &letters{100 << 20}, strings.NewReader("\"}\n{\"b\":2}\n"))
	got, problems, err := treesOf(r, Limits{ItemBytes: 64 << 10})
	if err != nil || fmt.Sprint(got) != `[2:{"b":2}]` || len(problems) != 1 {
		t.Errorf("got %v, %v, %v", got, problems, err)
	}
}

func TestDeepJSONAndBrokenTextEndInAProblemOrNothing(t *testing.T) {
	for _, s := range []string{strings.Repeat("[", 1<<20), strings.Repeat(`{"a":`, 1<<16), "[{\"a\":\"\xff\xfe\"}]"} {
		if _, _, err := treesOf(strings.NewReader(s), Limits{}); err != nil {
			t.Error(err)
		}
	}
}

func FuzzSample(f *testing.F) {
	f.Add([]byte(`[{"a":{"b":{"c":1}}}`))
	f.Add([]byte("\xff\xfe{\x00}\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := sampleOf("f", data, true)
		if s.Shape == NotJSON && s.Keys != nil || s.Shape != NotJSON && s.Keys == nil {
			t.Errorf("shape %d with keys %v", s.Shape, s.Keys)
		}
	})
}

func FuzzZip(f *testing.F) {
	f.Add([]byte(zipOf(f, "a/2024-05-02.json", message("a", 1714658400), "../b", "b")))
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newWalk(context.Background(), Options{Limits: Limits{TotalBytes: 1 << 22}}, func(debrief.Evidence) error { return nil })
		err := w.file(&place{
			path: "x.zip", name: "x.zip", shared: map[string]any{}, size: int64(len(data)),
			open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestProgressKnowsTheWholeUnlessAnArchiveHidesIt(t *testing.T) {
	var read, total int64
	opts := Options{Progress: func(r, all int64) { read, total = r, all }}
	readFolder(t, folderOf(t, "a.md", "- 09:05 orders hang\n", "b/c.md", "- 09:20 rolled back\n"), opts)
	if read != 40 || total != 40 {
		t.Errorf("%d of %d bytes, want 40 of 40", read, total)
	}
	readFolder(t, folderOf(t, "a.md", "- 09:05 orders hang\n", "b.zip", "PK"), opts)
	if total != -1 {
		t.Errorf("the whole is said to be %d beside an archive, want -1", total)
	}
}

func TestASourceIsCalledByItsTitle(t *testing.T) {
	for _, s := range sources {
		if got := Title(s.Name); got != s.Title {
			t.Errorf("%s is called %q, want %q", s.Name, got, s.Title)
		}
	}
	if got := Title("answers"); got != "answers" {
		t.Errorf("what no source is called becomes %q", got)
	}
}

package evidence

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"debrief.dev/debrief"
)

// fixtureFiles are the files of a source's fixtures.
func fixtureFiles(t *testing.T, s Source) (files [][]byte) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", s.Name, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures of %s: %v", s.Name, err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range archive.Files {
			if !strings.HasSuffix(m.Name, ".want") {
				files = append(files, m.Data)
			}
		}
	}
	return files
}

// A watched reader looks now and then at how much memory is in use.
type watched struct {
	r          io.Reader
	n, next    int
	base, peak uint64
}

func watch(r io.Reader) *watched {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return &watched{r: r, base: m.HeapAlloc}
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if w.n += n; w.n >= w.next {
		w.next = w.n + 1<<20
		w.look()
	}
	return n, err
}

func (w *watched) look() {
	runtime.GC() // what is garbage does not count
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > w.base {
		w.peak = max(w.peak, m.HeapAlloc-w.base)
	}
}

func TestNoSourceHoldsMoreOfAnEndlessLineThanItsLimit(t *testing.T) {
	const endless, limit = 8 << 20, 32 << 10
	for _, s := range sources {
		for _, at := range []string{"whole", "inside"} {
			t.Run(s.Name+" "+at, func(t *testing.T) {
				head, tail := []byte{}, []byte{}
				if at == "inside" {
					data := fixtureFiles(t, s)[0]
					head, tail = data[:len(data)/2], data[len(data)/2:]
				}
				in := watch(io.MultiReader(bytes.NewReader(head), &letters{endless}, bytes.NewReader(tail)))
				problems, left := 0, 0
				out := &Sink{
					add: func(e debrief.Evidence) error {
						if n := len(e.Text) + len(e.Title) + len(e.ID); n > 3*limit {
							t.Errorf("a piece of %d bytes", n)
						}
						return nil
					},
					person: func(debrief.Person) {}, problem: func(p Problem) { problems++ },
					leave: func(_ string, n int) { left += n },
				}
				f := &File{
					Path: "file", Name: "file", R: in, Size: -1, Shared: map[string]any{},
					Options: Options{Limits: Limits{ItemBytes: limit}},
				}
				if err := s.Read(context.Background(), f, out); err != nil {
					t.Errorf("reading stopped: %v", err)
				}
				if problems+left == 0 {
					t.Error("nothing was said of it")
				}
				if in.peak > 4*limit*jsonWhole {
					t.Errorf("%d KiB were in use at once", in.peak>>10)
				}
			})
		}
	}
}

// mishaps are what happens to files, and what is done to them.
var mishaps = []struct {
	name string
	do   func([]byte) []byte
}{
	{"the year 0", func(b []byte) []byte { return someYear.ReplaceAll(b, []byte("0000$1")) }},
	{"the year 9999999", func(b []byte) []byte { return someYear.ReplaceAll(b, []byte("9999999$1")) }},
	{"the 45th of a 19th month", func(b []byte) []byte { return someDay.ReplaceAll(b, []byte("$1-19-45")) }},
	{"seconds before the epoch", func(b []byte) []byte { return someEpoch.ReplaceAll(b, []byte("$1-99999999999$2")) }},
	{"seconds beyond all time", func(b []byte) []byte { return someEpoch.ReplaceAll(b, []byte("${1}99999999999999999999999$2")) }},
	{"numbers of any size", func(b []byte) []byte { return someEpoch.ReplaceAll(b, []byte("${1}1e999$2")) }},
	{"the end is missing", func(b []byte) []byte { return b[:len(b)/2] }},
	{"the beginning is missing", func(b []byte) []byte { return b[len(b)/2:] }},
	{"it came twice", func(b []byte) []byte { return append(bytes.Clone(b), b...) }},
	{"spaces became NULs", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(" "), []byte{0}) }},
	{"letters became another code page", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("e"), []byte{0xe9}) }},
	{"texts became numbers", func(b []byte) []byte { return someText.ReplaceAll(b, []byte(": 7$1")) }},
	{"values became lists", func(b []byte) []byte { return someText.ReplaceAll(b, []byte(": [[],{}]$1")) }},
	{"objects became null", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(": {"), []byte(`: null, "x": {`)) }},
	{"lists without end", func(b []byte) []byte { return append(bytes.Clone(b), bytes.Repeat([]byte("["), 100_000)...) }},
	{"objects without end", func(b []byte) []byte {
		deep := strings.Repeat(`{"a":`, 50_000) + "1" + strings.Repeat("}", 50_000)
		return bytes.Replace(b, []byte("{"), []byte(`{"deep":`+deep+","), 1)
	}},
	{"depth everywhere", func(b []byte) []byte {
		deep := strings.Repeat(`[{"a":`, 100) + "1" + strings.Repeat("}]", 100)
		return someText.ReplaceAll(b, []byte(": "+deep+"$1"))
	}},
	{"lines of another system", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r")) }},
	{"nothing but ends of lines", func(b []byte) []byte { return bytes.Repeat([]byte("\r\n"), 10_000) }},
}

var (
	someYear  = regexp.MustCompile(`(?:19|20)\d\d([-/.T ])`)
	someDay   = regexp.MustCompile(`((?:19|20)\d\d)-\d\d-\d\d`)
	someEpoch = regexp.MustCompile(`([\s:"\[])\d{10,19}([\s,"}.\]])`)
	someText  = regexp.MustCompile(`: ?"[^"\n]*"([,}\n])`)
)

func TestMishapsOfFilesAreNoMishapsOfTheReader(t *testing.T) {
	for _, s := range sources {
		for _, m := range mishaps {
			t.Run(s.Name+": "+m.name, func(t *testing.T) {
				for _, data := range fixtureFiles(t, s) {
					checkReading(t, s, m.do(data))
				}
			})
		}
	}
}

// A hostileFS refuses one file and lets the others be read.
type hostileFS struct {
	fs.FS
	refused string
}

func (h hostileFS) Open(name string) (fs.File, error) {
	if name == h.refused {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return h.FS.Open(name)
}

func TestWhatCannotBeReadIsSaidAndTheGoodPartIsKept(t *testing.T) {
	good := message("good", 1714658400)
	gzipped := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := io.WriteString(z, s); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	many := func(n int) (pairs []string) {
		for i := range n {
			pairs = append(pairs, "ops/"+strconv.Itoa(i)+".json", message("m", 1714658400+i))
		}
		return pairs
	}
	nested := good
	for range 20 {
		nested = zipOf(t, "a.zip", nested, "ops/2024-05-02.json", good)
	}
	cycle := `[{"type":"message","user":"U1","text":"a","ts":"1714658400.1","thread_ts":"1714658401.1"},
		{"type":"message","user":"U1","text":"b","ts":"1714658401.1","thread_ts":"1714658400.1"}]`
	for _, c := range []struct {
		name   string
		files  []string
		limits Limits
		pieces int
		file   string // with the problem
		say    string
		unread string
	}{
		{name: "an empty file", files: []string{"empty.json", "", "ops/1.json", good}, pieces: 1, unread: "empty files"},
		{name: "white space", files: []string{"blank.log", " \n\t\r\n", "ops/1.json", good}, pieces: 1, unread: "empty files"},
		{name: "a picture", files: []string{"x.log", "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x01\x02", 99), "ops/1.json", good}, pieces: 1, unread: "pictures, documents and other files without plain text"},
		{name: "a folder of files past the limit", files: many(30), limits: Limits{Files: 10}, pieces: 10, file: "ops/18.json", say: "number of files"},
		{name: "an archive of files past the limit", files: []string{"x.zip", zipOf(t, many(30)...)}, limits: Limits{Files: 10}, pieces: 9, file: "x.zip!/ops/9.json", say: "number of files"},
		{name: "an archive whose list alone is a bomb", files: []string{"ops/1.json", good, "x.zip", zipOf(t, many(30_000)...)}, limits: Limits{Files: 2000}, pieces: 1, file: "x.zip", say: "far more files"},
		{name: "archives in archives without end", files: []string{"x.zip", nested}, limits: Limits{Depth: 5}, pieces: 5, file: "x.zip!/a.zip!/a.zip!/a.zip!/a.zip!/a.zip", say: "too many others"},
		{name: "a compressed bomb", files: []string{"x.log.gz", gzipped(strings.Repeat("2024-05-02 14:00:00 INFO boom\n", 1<<18)), "y/1.json", good}, limits: Limits{Ratio: 50}, pieces: -1, file: "x.log.gz", say: "far more"},
		{name: "a damaged archive", files: []string{"ops/1.json", good, "x.zip", zipOf(t, "a", good)[:60]}, pieces: 1, file: "x.zip", say: "damaged"},
		{name: "a damaged stream", files: []string{"ops/1.json", good, "x.gz", "\x1f\x8b\x08nothing"}, pieces: 1, file: "x.gz", say: "damaged"},
		{name: "a stream that breaks off", files: []string{"x/1.json.gz", gzipped(cycle)[:90], "y/1.json", good}, pieces: -1, file: "x/1.json.gz", say: "cannot be read on"},
		{name: "threads in a circle", files: []string{"ops/1.json", cycle}, pieces: 2},
		{name: "a file past the limit", files: []string{"a/1.json", good, "b.log", strings.Repeat("2024-05-02 14:00:00 INFO x\n", 99)}, limits: Limits{FileBytes: 270}, pieces: -1, file: "b.log", say: "larger than the limit"},
		{name: "folders too deep", files: []string{"a/b/c/d/1.json", good, "ops/1.json", good}, limits: Limits{Depth: 2}, pieces: 1, file: "a/b/c", say: "too deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := readFolder(t, folderOf(t, c.files...), Options{Limits: c.limits})
			if len(r.Evidence) != c.pieces && (c.pieces >= 0 || len(r.Evidence) == 0) {
				t.Errorf("%d pieces: %+v", len(r.Evidence), r.Summary)
			}
			if c.say != "" && !says(r, c.file, c.say) {
				t.Errorf("not said: %q of %s; problems %+v", c.say, c.file, r.Summary.Problems)
			}
			if c.say == "" && len(r.Summary.Problems) > 0 {
				t.Errorf("problems %+v", r.Summary.Problems)
			}
			if c.unread != "" && r.Summary.Unread[c.unread] != 1 {
				t.Errorf("unread: %v", r.Summary.Unread)
			}
			for _, p := range r.Summary.Problems {
				if p.Hint == "" {
					t.Errorf("no help with %+v", p)
				}
			}
		})
	}
}

func TestAFileThatMayNotBeReadCostsItselfOnly(t *testing.T) {
	folder := os.DirFS(folderOf(t, "a/1.json", message("secret", 1714658400), "b/1.json", message("good", 1714658400)))
	var got []string
	w := newWalk(context.Background(), Options{}, func(e debrief.Evidence) error { got = append(got, e.Text); return nil })
	if err := w.folder(hostileFS{folder, "a/1.json"}, ""); err != nil {
		t.Fatal(err)
	}
	if r := w.reading(); len(got) != 1 || got[0] != "good" || !says(r, "a/1.json", "cannot be opened") {
		t.Errorf("got %q, %+v", got, r.Summary.Problems)
	}
}

func TestLinksInACircleAreNotFollowed(t *testing.T) {
	dir := folderOf(t, "a/1.json", message("good", 1714658400))
	for link, to := range map[string]string{"a/up": "..", "a/self": "self", "b": "a"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	r := readFolder(t, dir, Options{})
	if len(r.Evidence) != 1 || r.Summary.LeftOut["links to what is read in its own place"] != 2 || !says(r, "a/self", "not followed") {
		t.Errorf("%d pieces, left out %v, problems %v", len(r.Evidence), r.Summary.LeftOut, r.Summary.Problems)
	}
}

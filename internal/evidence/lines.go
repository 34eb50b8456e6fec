package evidence

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"debrief.dev/debrief"
)

// A textLine is one line of a text file.
type textLine struct {
	N      int    // 1-based
	Offset int64  // of its first byte in the file
	Raw    []byte // its exact bytes without the line end; valid until the next line
	Whole  []byte // the same with the line end and, in the first line, the byte order mark
	Text   string // Raw as text, see plainText
}

// evidence begins a piece of evidence that this line is.
func (l textLine) evidence(source string, f *File) debrief.Evidence {
	return debrief.Evidence{Source: source, File: f.Path, ID: "L" + strconv.Itoa(l.N), Line: l.N, Digest: digestOf(l.Raw)}
}

// digestOf is the SHA-256 of the bytes in hexadecimal, as in Evidence.Digest.
func digestOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// readLines hands over a file line by line. Lines end with "\n", "\r\n" or, at
// the end, with nothing. A line longer than Limits.ItemBytes is reported and
// its beginning handed over, so that a reader can still place it. An error of
// each stops the reading and is returned.
func readLines(ctx context.Context, f *File, out *Sink, each func(textLine) error) error {
	limit := f.Options.Limits.orDefault().ItemBytes
	r := bufio.NewReaderSize(f.R, 64<<10)
	var (
		offset int64
		long   []byte
	)
	for n := 1; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		long = long[:0]
		size := int64(0)
		var raw []byte
		for {
			part, err := r.ReadSlice('\n')
			size += int64(len(part))
			if raw == nil && len(long) == 0 && err == nil {
				raw = part // the common case: the line lies whole in the buffer
				break
			}
			if room := limit - len(long); room > 0 {
				long = append(long, part[:min(len(part), room)]...)
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			if raw = long; err != nil && size == 0 {
				return nil // the end of the file
			}
			break
		}
		if size > int64(limit) {
			out.Problem(Problem{
				File: f.Path, Line: n, Offset: offset,
				Say:      "The line has " + strconv.FormatInt(size, 10) + " bytes; its beginning was read.",
				Expected: "lines of at most " + strconv.Itoa(limit) + " bytes",
				Hint:     "Split the file into lines, or export it in a format with one record a line.",
			})
		}
		whole := raw
		raw = bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r"))
		if n == 1 {
			raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
		}
		if err := each(textLine{N: n, Offset: offset, Raw: raw, Whole: whole, Text: plainText(raw)}); err != nil {
			return err
		}
		offset += size
	}
}

// plainText is raw as text. What is broken UTF-8 and has no character of UTF-8
// beyond ASCII is read as Windows-1252, in which older editors and spreadsheets
// save; else what is broken, and NUL, becomes U+FFFD.
func plainText(raw []byte) string {
	if !utf8.Valid(raw) && !wide(raw) {
		if b, err := charmap.Windows1252.NewDecoder().Bytes(raw); err == nil {
			raw = b
		}
	}
	s := strings.ToValidUTF8(string(raw), "\uFFFD")
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return s
}

// wide reports whether raw holds a character of UTF-8 of several bytes.
func wide(raw []byte) bool {
	for len(raw) > 0 {
		_, n := utf8.DecodeRune(raw)
		if n > 1 {
			return true
		}
		raw = raw[n:]
	}
	return false
}

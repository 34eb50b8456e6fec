package evidence

import (
	"bytes"
	"context"
	"net/mail"
	"regexp"
	"strconv"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"debrief.dev/debrief"
)

var emailSource = Source{
	Name:  "email",
	Title: "E-mail",
	About: "Single mails (.eml) as mail programs save them, and mailboxes (mbox) with many. Of each mail what its author wrote is kept; " +
		"quoted earlier mails and signatures are counted, since they are mails of their own.",
	Recognise: func(s Sample) Confidence {
		if s.Shape != NotJSON {
			return No
		}
		head := string(s.Head)
		if line, rest, _ := strings.Cut(head, "\n"); mboxFrom(line) {
			head = rest
		}
		known := 0
		for line := range strings.Lines(head) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" {
				break
			}
			if line[0] == ' ' || line[0] == '\t' || line[0] == '>' {
				continue
			}
			name, _, ok := strings.Cut(line, ":")
			if !ok || strings.ContainsAny(name, " \t") {
				return No
			}
			if emailHeaders[strings.ToLower(name)] {
				known++
			}
		}
		switch {
		case known >= 3:
			return Certain
		case known == 2:
			return Shape
		}
		return No
	},
	Read: readEmail,
}

// emailHeaders are names of which a mail has several at its beginning.
var emailHeaders = map[string]bool{
	"from": true, "to": true, "cc": true, "subject": true, "date": true, "message-id": true, "received": true, "return-path": true,
	"mime-version": true, "content-type": true, "delivered-to": true, "reply-to": true, "in-reply-to": true, "references": true,
	"content-transfer-encoding": true, "x-mailer": true, "dkim-signature": true, "sender": true, "x-received": true, "arc-seal": true,
}

// emailBytes is how much of one mail is read: room for a few photographs.
const emailBytes = 64 << 20

var mboxLine = regexp.MustCompile(`^From \S+ .*\d{4}`)

// mboxFrom reports whether a line begins a mail of a mailbox.
func mboxFrom(line string) bool {
	return strings.HasPrefix(line, "From ") && mboxLine.MatchString(line)
}

// readEmail cuts a mailbox into mails; a single mail is a mailbox of one.
func readEmail(ctx context.Context, f *File, out *Sink) error {
	var (
		one    []byte
		line   int
		offset int64
		blank  = true
		over   int64
	)
	flush := func() error {
		if over > 0 {
			out.Problem(Problem{
				File: f.Path, Line: line, Offset: offset, Say: "The mail has " + strconv.FormatInt(over, 10) + " bytes more than is read of one; its beginning was read.",
				Expected: "mails of at most " + strconv.Itoa(emailBytes) + " bytes", Hint: "Save the mail without its attachments.",
			})
		}
		raw := one
		one, over = nil, 0
		if len(bytes.TrimSpace(raw)) == 0 {
			return nil
		}
		return addEmail(f, out, raw, line, offset)
	}
	err := readLines(ctx, f, out, func(l textLine) error {
		if blank && mboxFrom(string(l.Raw)) {
			if err := flush(); err != nil {
				return err
			}
			line, offset, blank = l.N+1, l.Offset+int64(len(l.Whole)), false
			return nil
		}
		if line == 0 {
			line = l.N
		}
		blank = len(bytes.TrimSpace(l.Raw)) == 0
		raw := l.Whole
		if trimmed := bytes.TrimLeft(raw, ">"); len(trimmed) < len(raw) && bytes.HasPrefix(trimmed, []byte("From ")) {
			raw = raw[1:] // mailboxes quote such lines
		}
		if len(one)+len(raw) > emailBytes {
			over += int64(len(raw))
			return nil
		}
		one = append(one, raw...)
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// addEmail reads one mail.
func addEmail(f *File, out *Sink, raw []byte, line int, offset int64) error {
	env, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		out.Problem(Problem{
			File: f.Path, Line: line, Offset: offset, Say: "This is not a complete mail: " + emailReason(err) + ".",
			Expected: "header lines, an empty line and the text", Hint: "Save the mail again in its original form (.eml).",
		})
		return nil
	}
	e := debrief.Evidence{
		Source: "email", File: f.Path, Line: line, Digest: digestOf(raw), Sort: debrief.Mail,
		ID: emailLine(env.GetHeader("Message-ID")), Title: emailLine(env.GetHeader("Subject")),
	}
	if e.ID == "" {
		e.ID = "L" + strconv.Itoa(line)
	}
	e.At = emailMoment(f, out, env, line, offset)
	if from := emailPeople(env, "From"); len(from) > 0 {
		e.Author = from[0]
	} else if from := emailPeople(env, "Sender"); len(from) > 0 {
		e.Author = from[0]
	}
	if auto := strings.ToLower(env.GetHeader("Auto-Submitted")); auto != "" && auto != "no" {
		e.Author.Bot = true
	}
	tellPerson(out, e.Author)
	for _, name := range []string{"To", "Cc"} {
		var list []string
		for _, a := range emailPeople(env, name) {
			tellPerson(out, a)
			list = append(list, firstOf(a.Name, a.Email))
		}
		attribute(&e, strings.ToLower(name), strings.Join(list, ", "))
	}
	answers := emailIDs(env.GetHeader("In-Reply-To"))
	chain := emailIDs(env.GetHeader("References"))
	switch {
	case len(answers) > 0:
		e.Thread = answers[0]
	case len(chain) > 0:
		e.Thread = chain[len(chain)-1]
	}
	// The first mail of a conversation names it.
	e.Subject = "mail " + firstOf(append(chain, append(answers, e.ID)...)...)
	e.Where = emailLine(env.GetHeader("List-Id"))
	if p := strings.ToLower(firstOf(env.GetHeader("Importance"), env.GetHeader("X-Priority"))); strings.HasPrefix(p, "high") || strings.HasPrefix(p, "1") {
		e.Level = "high"
	}
	for _, list := range [][]*enmime.Part{env.Attachments, env.Inlines, env.OtherParts} {
		for _, a := range list {
			if name := emailLine(firstOf(a.FileName, a.ContentType)); name != "" {
				e.Attached = append(e.Attached, name)
			}
		}
	}
	text, quoted, signed := emailOwn(plainText([]byte(env.Text)))
	if quoted > 0 {
		out.LeaveOut("quotations of earlier mails", 1)
	}
	if signed > 0 {
		out.LeaveOut("signatures of mails", 1)
	}
	e.Text = text
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	return out.Add(e)
}

// emailReason is the innermost reason of an error, without the library's path to it.
func emailReason(err error) string {
	s := err.Error()
	if i := strings.LastIndex(s, ": "); i >= 0 && i+2 < len(s) {
		s = s[i+2:]
	}
	return strings.TrimSuffix(emailLine(s), ".")
}

// emailLine is a header's text on one line.
func emailLine(s string) string { return strings.Join(strings.Fields(plainText([]byte(s))), " ") }

// emailMoment is when the mail was sent: its date, else the last server's.
func emailMoment(f *File, out *Sink, env *enmime.Envelope, line int, offset int64) debrief.Moment {
	written := strings.TrimSpace(env.GetHeader("Date"))
	stamps := []string{written}
	for _, r := range env.GetHeaderValues("Received") {
		if i := strings.LastIndexByte(r, ';'); i >= 0 {
			stamps = append(stamps, strings.TrimSpace(r[i+1:]))
		}
	}
	for _, s := range stamps {
		if s == "" {
			continue
		}
		if at, err := mail.ParseDate(emailLine(s)); err == nil {
			if m := stampSane(debrief.Moment{At: at.UTC()}); m.Known() {
				return m
			}
		}
		if m := stampMoment(emailLine(s), f.Options); m.Known() {
			return m
		}
	}
	if written != "" {
		out.Problem(Problem{
			File: f.Path, Line: line, Offset: offset, Say: "The date of the mail, " + strconv.Quote(shorten(written, 40)) + ", is not one that can be read; the mail is kept without a time.",
			Expected: "a date such as Thu, 2 May 2024 14:02:00 +0200", Hint: "Correct the line “Date:” in a copy of the file.",
		})
	}
	return debrief.Moment{}
}

// shorten cuts text to at most n bytes, at a rune's border.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// emailPeople lists the people of an address header. What is not an address is
// kept as a name.
func emailPeople(env *enmime.Envelope, header string) []debrief.Author {
	value := emailLine(env.GetHeader(header))
	if value == "" {
		return nil
	}
	list, err := env.AddressList(header)
	if err != nil {
		var out []debrief.Author
		for _, part := range strings.Split(value, ",") {
			name, rest, _ := strings.Cut(part, "<")
			a := debrief.Author{Name: strings.Trim(strings.TrimSpace(name), `"`), Email: strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), ">"))}
			if a = addressOnly(a); a != (debrief.Author{}) {
				out = append(out, a)
			}
		}
		return out
	}
	var out []debrief.Author
	for _, a := range list {
		out = append(out, addressOnly(debrief.Author{Name: emailLine(a.Name), Email: emailLine(a.Address)}))
	}
	return out
}

var emailID = regexp.MustCompile(`<[^<>\s]+>`)

// emailIDs lists the message ids in a header.
func emailIDs(s string) []string { return emailID.FindAllString(plainText([]byte(s)), 64) }

var (
	// emailIntro announces a quotation: "On 2 May 2024, Ana wrote:" in the
	// languages of common mail programs.
	emailIntro = regexp.MustCompile(`(?i)^(?:on|am|le|el|il|op|em|den)\b.{4,200}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev)\b.{0,80}:\s*$`)
	// emailForward begins an earlier mail that a program put below.
	emailForward = regexp.MustCompile(`(?i)^-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original)\s*-{2,}\s*$|^_{20,}\s*$`)
)

// emailOwn is what the author of a mail wrote: the text without quotations of
// earlier mails and without the signature, and how many lines each had. A mail
// that holds nothing but a quotation keeps it, as does a forwarded one.
func emailOwn(text string) (own string, quoted, signed int) {
	var kept []string
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		l := strings.TrimRight(lines[i], " \t\u00a0")
		switch {
		case l == "--" || l == "—" && i+6 > len(lines):
			signed = len(lines) - i
			i = len(lines)
			continue
		case emailForward.MatchString(l):
			quoted += len(lines) - i
			i = len(lines)
			continue
		case strings.HasPrefix(l, ">"):
			quoted++
			continue
		}
		intro := l
		if strings.TrimSpace(l) != "" && i+1 < len(lines) && !strings.HasSuffix(l, ":") {
			intro = l + " " + strings.TrimSpace(lines[i+1]) // programs break the line
		}
		if emailIntro.MatchString(l) || emailIntro.MatchString(intro) {
			after := i + 1
			if !emailIntro.MatchString(l) {
				after++
			}
			for after < len(lines) && strings.TrimSpace(lines[after]) == "" {
				after++
			}
			if after < len(lines) && strings.HasPrefix(lines[after], ">") {
				quoted++
				i = after - 1
				continue
			}
			if after >= len(lines) || len(kept) > 0 { // the program did not mark the lines
				quoted += len(lines) - i
				break
			}
		}
		kept = append(kept, l)
	}
	own = strings.TrimSpace(blankRuns.ReplaceAllString(strings.Join(unwrap(kept), "\n"), "\n\n"))
	if own == "" {
		return strings.TrimSpace(text), 0, 0
	}
	return own, quoted, signed
}

// unwrap joins the lines that a mail program broke: a long one, and what goes on
// from it without a mark of its own.
func unwrap(lines []string) []string {
	var out []string
	long := false
	for _, l := range lines {
		starts := l == "" || strings.ContainsAny(l[:1], " \t-*•–>|#=") || listed.MatchString(l)
		if long && !starts {
			out[len(out)-1] += " " + l
		} else {
			out = append(out, l)
		}
		long = len(l) >= 55 && !strings.HasSuffix(l, ":")
	}
	return out
}

// listed begins a point of a list.
var listed = regexp.MustCompile(`^(?:\d{1,2}[.)]|[a-z]\))\s`)

var blankRuns = regexp.MustCompile(`\n{3,}`)

package mail_test

import (
	"errors"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/mail"
	"debrief.dev/debrief/internal/mail/mailtest"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func server(t *testing.T, cfg mail.Config) *mail.Server {
	t.Helper()
	if cfg.Server == "" {
		cfg.Server = "127.0.0.1:25"
	}
	if cfg.From == "" {
		cfg.From = "Debrief <debrief@example.com>"
	}
	cfg.Address = "https://debrief.example.com"
	s, err := mail.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNoNameAndNoTitleAddsAHeader(t *testing.T) {
	s := server(t, mail.Config{})
	for _, nasty := range []string{
		"Ana\r\nBcc: all@example.com", "Ana\nBcc: all@example.com", "Ana\rBcc: all@example.com", "Ana\r\n\r\nBcc: all@example.com",
		"Ana\x00\u2028Bcc: all@example.com", "\" <all@example.com>, \"", "=?utf-8?q?a=0D=0ABcc:_all@example.com?=", "Ä\r\n" + strings.Repeat("ö", 300), "\xff\xfe\r\nBcc: all@example.com",
	} {
		b, err := s.Bytes(mail.Message{ID: "mai_1", At: at, Name: nasty, To: "ana@example.com", Subject: nasty, Text: "Hello.\n"})
		if err != nil {
			t.Fatal(err)
		}
		m, err := netmail.ReadMessage(strings.NewReader(string(b)))
		if err != nil {
			t.Fatalf("%q: %v", nasty, err)
		}
		to, err := m.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != "ana@example.com" || len(m.Header["Bcc"]) > 0 || len(m.Header) != 9 {
			t.Errorf("%q gave the headers %q", nasty, m.Header)
		}
	}
}

func TestAnAddressIsOneAddress(t *testing.T) {
	s := server(t, mail.Config{})
	for _, bad := range []string{"", "ana", "a@example.com, b@example.com", "a@example.com\r\nRCPT TO:<b@example.com>", "\"a\nb\"@example.com"} {
		_, err := s.Bytes(mail.Message{ID: "mai_1", At: at, To: bad, Subject: "x", Text: "x\n"})
		var trouble *mail.Trouble
		if !errors.As(err, &trouble) || trouble.Class != debrief.MailNoAddress || !trouble.Final {
			t.Errorf("%q gave %v", bad, err)
		}
	}
}

func TestTheWayToTheServer(t *testing.T) {
	message := mail.Message{ID: "mai_1", At: at, Name: "Ana", To: "ana@example.com", Subject: "x", Text: "x\n"}
	for _, c := range []struct {
		name   string
		server mailtest.Config
		client mail.Config
		trust  bool
		want   debrief.MailTrouble
	}{
		{"STARTTLS", mailtest.Config{Security: "starttls"}, mail.Config{Security: "starttls"}, true, ""},
		{"STARTTLS with a password", mailtest.Config{Security: "starttls", User: "u", Password: "geheim"}, mail.Config{Security: "starttls", User: "u", Password: "geheim"}, true, ""},
		{"TLS with a password", mailtest.Config{Security: "tls", User: "u", Password: "geheim"}, mail.Config{Security: "tls", User: "u", Password: "geheim"}, true, ""},
		{"none", mailtest.Config{Security: "none"}, mail.Config{Security: "none"}, false, ""},
		{"none with a password", mailtest.Config{Security: "none", User: "u", Password: "geheim"}, mail.Config{Security: "none", User: "u", Password: "geheim"}, false, ""},
		{"another password", mailtest.Config{Security: "starttls", User: "u", Password: "geheim"}, mail.Config{Security: "starttls", User: "u", Password: "secret"}, true, debrief.MailSignIn},
		{"no password where one is needed", mailtest.Config{Security: "starttls", User: "u", Password: "geheim"}, mail.Config{Security: "starttls"}, true, debrief.MailSignIn},
		{"nobody vouches for it", mailtest.Config{Security: "starttls"}, mail.Config{Security: "starttls"}, false, debrief.MailUnsafe},
		{"nobody vouches for it, TLS", mailtest.Config{Security: "tls"}, mail.Config{Security: "tls"}, false, debrief.MailUnsafe},
		{"no STARTTLS there", mailtest.Config{Security: "none"}, mail.Config{Security: "starttls"}, false, debrief.MailLacking},
		{"no TLS there", mailtest.Config{Security: "none"}, mail.Config{Security: "tls"}, false, debrief.MailUnsafe},
	} {
		t.Run(c.name, func(t *testing.T) {
			far := mailtest.Start(t, c.server)
			c.client.Server = far.Address
			if c.trust {
				c.client.Roots = far.Roots
			}
			err := server(t, c.client).Send(t.Context(), message)
			var trouble *mail.Trouble
			switch {
			case c.want == "" && (err != nil || len(far.Got()) != 1 || far.Got()[0].To != "ana@example.com" || far.Got()[0].From != "debrief@example.com"):
				t.Errorf("got %v, and the server %v", err, far.Got())
			case c.want != "" && (!errors.As(err, &trouble) || trouble.Class != c.want || trouble.Final || len(far.Got()) > 0):
				t.Errorf("got %#v, want %q", err, c.want)
			case err != nil && (strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "secret")):
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestWhatTheServerAnswersIsAClassAndNotItsWords(t *testing.T) {
	for _, c := range []struct {
		step   string
		code   int
		status [3]int
		want   debrief.MailTrouble
		final  bool
	}{
		{"mail", 451, [3]int{4, 3, 0}, debrief.MailPutOff, false},
		{"mail", 550, [3]int{5, 7, 1}, debrief.MailSender, false},
		{"rcpt", 450, [3]int{4, 2, 0}, debrief.MailPutOff, false},
		{"rcpt", 550, [3]int{5, 1, 1}, debrief.MailNoAddress, true},
		{"rcpt", 554, [3]int{5, 7, 1}, debrief.MailRefused, true},
		{"data", 452, [3]int{4, 3, 1}, debrief.MailPutOff, false},
		{"data", 554, [3]int{5, 6, 0}, debrief.MailRefused, true},
	} {
		far := mailtest.Start(t, mailtest.Config{Security: "none"})
		far.Refuse(c.step, c.code, c.status, "<ana@example.com> is not wanted")
		err := server(t, mail.Config{Server: far.Address, Security: "none"}).Send(t.Context(), mail.Message{ID: "mai_1", At: at, To: "ana@example.com", Subject: "x", Text: "x\n"})
		var trouble *mail.Trouble
		if !errors.As(err, &trouble) || trouble.Class != c.want || trouble.Final != c.final || trouble.Code != c.code {
			t.Errorf("%s %d: got %#v", c.step, c.code, err)
			continue
		}
		if strings.Contains(err.Error(), "ana@") || strings.Contains(err.Error(), "wanted") {
			t.Errorf("%s %d: the error repeats the server: %v", c.step, c.code, err)
		}
	}
}

func TestAServerThatIsAwayIsTriedAgain(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	err = server(t, mail.Config{Server: address, Security: "none"}).Send(t.Context(), mail.Message{ID: "mai_1", At: at, To: "ana@example.com", Subject: "x", Text: "x\n"})
	var trouble *mail.Trouble
	if !errors.As(err, &trouble) || trouble.Class != debrief.MailUnreachable || trouble.Final {
		t.Errorf("got %v", err)
	}
}

// Package mailtest gives tests a mail server on this machine, which keeps what it is given
// and refuses what it is told to.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A Server is a mail server.
type Server struct {
	Address string         // host:port
	Roots   *x509.CertPool // who vouches for it, if it has TLS
	Arrived chan struct{}  // hears of what is taken, up to a hundred
	cfg     Config
	mu      sync.Mutex
	refuse  map[string]*smtp.SMTPError
	got     []Got
}

// Config says what a server is like.
type Config struct {
	Security       string // "starttls", "tls", or "none"
	User, Password string // whom it asks for; empty asks for nobody
}

// A Got is a message that the server has taken.
type Got struct{ From, To, Data string }

// Start starts a server, which ends with the test.
func Start(t testing.TB, cfg Config) *Server {
	t.Helper()
	s := &Server{cfg: cfg, Arrived: make(chan struct{}, 100), refuse: map[string]*smtp.SMTPError{}}
	var l net.Listener
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Address = l.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }))
	server.Domain, server.AllowInsecureAuth = "mail.test", cfg.Security == "none"
	server.ErrorLog = log.New(io.Discard, "", 0)
	if cfg.Security != "none" {
		certificate, roots, err := certify()
		if err != nil {
			t.Fatal(err)
		}
		s.Roots = roots
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
		if cfg.Security == "tls" {
			l = tls.NewListener(l, server.TLSConfig)
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // it ends with the test
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return s
}

// Refuse makes the server refuse at a step ("mail", "rcpt", "data") with a code and words,
// until it is told otherwise by the code 0.
func (s *Server) Refuse(step string, code int, status [3]int, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.refuse, step)
	if code != 0 {
		s.refuse[step] = &smtp.SMTPError{Code: code, EnhancedCode: status, Message: words}
	}
}

// Got gives what it has taken.
func (s *Server) Got() []Got {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

func (s *Server) refused(step string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.refuse[step]; e != nil {
		return e
	}
	return nil
}

type session struct {
	s      *Server
	signed bool
	got    Got
}

func (x *session) AuthMechanisms() []string {
	if x.s.cfg.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != x.s.cfg.User || password != x.s.cfg.Password {
			return smtp.ErrAuthFailed
		}
		x.signed = true
		return nil
	}), nil
}

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if x.s.cfg.User != "" && !x.signed {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Sign in first"}
	}
	x.got.From = from
	return x.s.refused("mail")
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.got.To += to
	return x.s.refused("rcpt")
}

func (x *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := x.s.refused("data"); err != nil {
		return err
	}
	x.got.Data = string(b)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.got = append(x.s.got, x.got)
	select {
	case x.s.Arrived <- struct{}{}:
	default:
	}
	return nil
}

func (x *session) Reset() { x.got = Got{} }

func (x *session) Logout() error { return nil }

// certify makes a certificate for this machine, and who vouches for it.
func certify() (c tls.Certificate, roots *x509.CertPool, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, nil, err
	}
	now := time.Now()
	like := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, like, like, &key.PublicKey, key)
	if err != nil {
		return c, nil, err
	}
	own, err := x509.ParseCertificate(der)
	if err != nil {
		return c, nil, err
	}
	roots = x509.NewCertPool()
	roots.AddCert(own)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots, nil
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/live"
	"debrief.dev/debrief/internal/mail"
	"debrief.dev/debrief/internal/metrics"
	"debrief.dev/debrief/internal/post"
	"debrief.dev/debrief/internal/settings"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/web"
)

// serving holds the settings of the room.
type serving struct {
	listen, data, database string
	metrics                string
	secure, json           bool
	fileLimit, uploadLimit int64
	address                string
	proxies                []netip.Prefix
	mail                   *settings.Mail // nil: no mail is sent
}

// newServe gives "debrief serve".
func newServe(sys *System) *cobra.Command {
	var c configured
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the room: incidents, evidence, timelines and pre-reads in a browser",
		Long: `Serve keeps everything in one data folder and serves the room to browsers. On an
empty folder the first page sets up the organisation and its first account.

It listens on this machine alone unless --listen says otherwise; for others, put a
proxy with TLS in front of it and say --tls, so that cookies are for TLS only. It
keeps its data in a SQLite file in the folder, or on PostgreSQL with --database;
evidence is kept byte for byte in the folder in any case. Several processes may
serve one PostgreSQL and one folder.

It stops on an interrupt when what it was doing is done. Nothing it logs holds
what people wrote. Every flag can be a variable of the environment or a line of
debrief.yaml in the data folder, too; "debrief config" shows what counts, and why.

/healthz and /readyz answer for those who watch over it.`,
		Example: `  debrief serve
  debrief serve --listen 127.0.0.1:9000 --data /var/lib/debrief
  debrief serve --database postgres://debrief@db/debrief --tls`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, err := c.load(cmd, sys)
			if err != nil {
				return err
			}
			s := servingOf(v)
			if s.mail, err = v.Mail(); err != nil {
				return err
			}
			return s.run(cmd.Context(), sys, nil)
		},
	}
	c.flags(cmd)
	return cmd
}

// servingOf takes from the settings what the room needs.
func servingOf(v settings.Values) serving {
	return serving{
		listen: v.Get(settings.Listen), data: v.Get(settings.Data), database: v.Get(settings.Database), metrics: v.Get(settings.MetricsListen),
		secure: v.On(settings.TLS), proxies: settings.Networks(v.Get(settings.Proxies)), json: v.Get(settings.LogFormat) == "json",
		address:   strings.TrimSuffix(v.Get(settings.Address), "/"),
		fileLimit: settings.Bytes(v.Get(settings.FileLimit)), uploadLimit: settings.Bytes(v.Get(settings.UploadLimit)),
	}
}

// A room is everything that serves one installation.
type room struct {
	store    *store.Store
	casebook *casebook.Casebook
	gate     *auth.Gate
	runner   *jobs.Runner
	site     *web.Site
	live     *live.Hub
	metrics  *metrics.Metrics
}

// open opens the installation.
func (s *serving) open(ctx context.Context, log *slog.Logger) (*room, error) {
	folder, err := filepath.Abs(s.data)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	r := &room{}
	if r.store, err = store.Open(ctx, store.Config{Database: s.database, Folder: folder}); err != nil {
		return nil, err
	}
	if r.casebook, err = casebook.Open(casebook.Config{Store: r.store, Folder: folder, FileLimit: s.fileLimit, UploadLimit: s.uploadLimit, Mails: s.mail != nil, Log: log}); err != nil {
		return nil, errors.Join(err, r.store.Close())
	}
	if err := r.casebook.HoldsItsEvidence(ctx); err != nil {
		return nil, errors.Join(err, r.store.Close())
	}
	for _, w := range s.warnings() {
		log.Warn(w)
	}
	var gate []auth.Option
	r.runner = jobs.New(r.store, log)
	r.casebook.Register(r.runner)
	if s.mail != nil {
		server, err := mail.New(mail.Config{Server: s.mail.Server, From: s.mail.From, User: s.mail.User, Password: s.mail.Password, Security: s.mail.Security, Address: s.mail.Address})
		if err != nil {
			return nil, errors.Join(err, r.store.Close())
		}
		if s.mail.Security == "none" && !s.mail.Near() {
			log.Warn("mails go to the mail server without TLS, so links in them can be read on the way; set mail-security to starttls or tls, unless you trust that network")
		}
		post.New(r.store, server, s.mail.Address).Register(r.runner)
		gate = append(gate, auth.Mails())
	}
	r.gate = auth.New(r.store, gate...)
	r.live = live.New()
	r.metrics = metrics.New(metrics.Look{Version: version(), Viewers: r.live.Viewers, Waiting: r.casebook.Waiting, Head: r.casebook.Head})
	r.runner.Done = r.metrics.Task
	r.site, err = web.New(web.Config{Observe: r.metrics.Request, Casebook: r.casebook, Gate: r.gate, Live: r.live, Secure: s.secure, Proxies: s.proxies, Address: s.address, Mails: s.mail != nil, Log: log, Version: version()})
	if err != nil {
		return nil, errors.Join(err, r.store.Close())
	}
	return r, nil
}

// warnings says which settings are each what they can be, and together not what
// somebody will have meant.
func (s *serving) warnings() (all []string) {
	if strings.HasPrefix(strings.ToLower(s.address), "https://") && !s.secure {
		all = append(all, "address begins with https:// and tls is not set, so browsers send their cookies without TLS, too; say --tls")
	}
	if strings.HasPrefix(strings.ToLower(s.address), "http://") && s.secure {
		all = append(all, "tls is set and address begins with http://, so links lead to where nobody stays signed in; let it begin with https://")
	}
	if slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Bits() == 0 }) {
		all = append(all, "trusted-proxies names every address, so whoever signs in says where they come from and has no limit; name the proxies alone")
	}
	return all
}

// settle waits until the work of the background that is due is done.
func (r *room) settle(ctx context.Context) error {
	wake, stop := r.store.Wake()
	defer stop()
	for {
		if err := r.runner.Drain(ctx); err != nil {
			return err
		}
		busy, err := r.casebook.Busy(ctx)
		if err != nil || !busy {
			return err
		}
		select {
		case <-wake:
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// run serves until ctx ends, and then finishes what was begun. Before it takes
// requests it lets prepare fill an installation, if there is one to fill.
func (s *serving) run(ctx context.Context, sys *System, prepare func(context.Context, *room) error) (err error) {
	log := slog.New(slog.NewTextHandler(sys.Stderr, nil))
	if s.json {
		log = slog.New(slog.NewJSONHandler(sys.Stderr, nil))
	}
	r, err := s.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.store.Close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return &debrief.Error{Kind: debrief.Unavailable, Field: "--listen", Say: fmt.Sprintf("The address %s cannot be listened on: %v.", s.listen, err), Hint: "Another program may have it; \"--listen 127.0.0.1:0\" takes a free port.", Err: err}
	}
	if s.metrics != "" {
		numbers, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.metrics)
		if err != nil {
			return errors.Join(&debrief.Error{Kind: debrief.Unavailable, Field: "metrics-listen", Say: fmt.Sprintf("The address %s cannot be listened on: %v.", s.metrics, err), Hint: "Another program may have it.", Err: err}, listener.Close())
		}
		watched := &http.Server{Handler: r.metrics.Handler(), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
		defer watched.Close()
		go func() { _ = watched.Serve(numbers) }() // it ends when the room does
		fmt.Fprintf(sys.Stdout, "Metrics are at http://%s/metrics\n", numbers.Addr())
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var workers sync.WaitGroup
	workers.Go(func() { r.runner.Run(work) })
	workers.Go(func() {
		if err := r.live.Run(work, r.casebook); err != nil {
			log.Error("open pages are not told of changes any more", "error", store.ForLog(err))
		}
	})

	server := &http.Server{
		Handler: r.site, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	server.RegisterOnShutdown(r.live.Close)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintf(sys.Stdout, "Debrief is at http://%s\n", listener.Addr())
	if at, ok := listener.Addr().(*net.TCPAddr); ok && !at.IP.IsLoopback() && !s.secure {
		log.Warn("others reach this address without TLS, so passwords can be read on the way; put a proxy with TLS in front and say --tls", "address", listener.Addr().String())
	}
	if prepare != nil {
		if err := prepare(ctx, r); err != nil {
			return errors.Join(err, server.Close())
		}
	}

	select {
	case err = <-served:
	case <-ctx.Done():
	}
	r.site.End()
	calm, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	shut := server.Shutdown(calm)
	stop()
	workers.Wait()
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, shut)
}

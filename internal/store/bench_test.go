package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/store/storetest"
)

var topics = []string{"checkout", "invoices", "search", "login", "exports", "reports", "billing", "uploads", "calendar", "payroll"}

// many fills a database with so many incidents, a tenth of them for a team and
// a tenth restricted, written as an archive would be loaded.
func many(b *testing.B, st *store.Store, n int) debrief.Actor {
	b.Helper()
	a := debrief.Actor{ID: "usr_ana", Role: debrief.Member, Teams: []debrief.TeamID{"tea_delivery"}, Door: "bench"}
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	must(st.Update(b.Context(), a, func(tx *store.Tx) error {
		tx.Record(debrief.TeamAdded, "", "", nil)
		if err := tx.InsertTeam(debrief.Team{ID: "tea_delivery", Name: "Delivery"}); err != nil {
			return err
		}
		if err := tx.InsertUser(debrief.User{ID: "usr_ana", Name: "Ana", Email: "ana@example.com"}, ""); err != nil {
			return err
		}
		return tx.JoinTeam("tea_delivery", "usr_ana")
	}))
	other := debrief.Actor{ID: "usr_ben", Door: "bench"}
	must(st.Update(b.Context(), other, func(tx *store.Tx) error {
		tx.Record(debrief.TeamAdded, "", "", nil)
		return tx.InsertUser(debrief.User{ID: "usr_ben", Name: "Ben", Email: "ben@example.com"}, "")
	}))
	for done := 0; done < n; done += 1000 {
		must(st.Update(b.Context(), other, func(tx *store.Tx) error {
			tx.Record(debrief.IncidentOpened, "", "", nil)
			for i := done; i < min(done+1000, n); i++ {
				in := debrief.Incident{ID: debrief.IncidentID(fmt.Sprintf("inc_%d", i)), Title: fmt.Sprintf("%s slow in region %d after change %d", topics[i%len(topics)], i%97, i), Zone: "UTC"}
				switch i % 10 {
				case 7:
					in.Visibility, in.Teams = debrief.ToTeams, []debrief.TeamID{"tea_delivery"}
				case 8:
					in.Visibility = debrief.Restricted
				}
				if err := tx.InsertIncident(&in); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return a
}

// BenchmarkIncidentsRatio lists and searches 100,000 incidents. The baseline is
// the same look among 1,000 in the same run: what grows with their number shows
// as a ratio above 1.
func BenchmarkIncidentsRatio(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			p99 := map[int]map[string]time.Duration{}
			p50 := map[string]time.Duration{} // of the larger
			looks := map[string]store.IncidentFilter{
				"list":      {Limit: 51},
				"deep":      {Limit: 51, Before: 500},
				"common":    {Limit: 51, Query: "slow checkout"},
				"rare":      {Limit: 51, Query: "change 99"},
				"none":      {Limit: 51, Query: "checkout nowhere"},
				"beginning": {Limit: 51, Query: "inv reg"},
				"part":      {Limit: 10, Mine: true},   // a tenth of all
				"opened":    {Limit: 10, Opened: true}, // none
			}
			sizes := []int{1000, 100_000}
			for _, n := range sizes {
				cfg := store.Config{Folder: b.TempDir()}
				if kind == "postgres" {
					cfg.Database = storetest.Postgres(b)
				}
				st, err := store.Open(b.Context(), cfg)
				if err != nil {
					b.Fatal(err)
				}
				a := many(b, st, n)
				if kind == "postgres" { // what its autovacuum does by itself, some minutes later
					db, err := sql.Open("pgx", cfg.Database)
					if err == nil {
						_, err = db.ExecContext(b.Context(), "ANALYZE")
						db.Close()
					}
					if err != nil {
						b.Fatal(err)
					}
				}
				p99[n] = map[string]time.Duration{}
				for name, f := range looks {
					var took []time.Duration
					for range 100 {
						from := time.Now()
						if err := st.View(b.Context(), func(tx *store.Tx) error {
							_, err := tx.Incidents(a, f)
							return err
						}); err != nil {
							b.Fatal(err)
						}
						took = append(took, time.Since(from))
					}
					slices.Sort(took)
					p99[n][name], p50[name] = took[98], took[49]
				}
				if err := st.Close(); err != nil {
					b.Fatal(err)
				}
			}
			for name := range looks {
				small, large := p99[sizes[0]][name], p99[sizes[1]][name]
				b.ReportMetric(float64(large.Microseconds())/1000, name+"-p99-ms")
				b.ReportMetric(float64(p50[name].Microseconds())/1000, name+"-p50-ms")
				b.ReportMetric(float64(large)/float64(small), name+"-ratio")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

package lint

import (
	"os"
	"strings"
	"testing"
)

func TestALanguageIsGivenByItsTag(t *testing.T) {
	everyLanguage(t, func(t *testing.T, rules *Rules) {
		if !strings.HasSuffix(t.Name(), "/"+rules.Tag()) {
			t.Errorf("the rules say they are for %s", rules.Tag())
		}
		categories := map[string]bool{}
		for _, rule := range rules.List() {
			categories[rule.Category] = true
			if rules != Default() && (len(rule.Bad) < 6 || len(rule.Good) < 6) {
				t.Errorf("%s has %d bad and %d good examples, six of each are promised", rule.ID, len(rule.Bad), len(rule.Good))
			}
		}
		if len(categories) < 8 {
			t.Errorf("there are %d categories, at least 8 are promised", len(categories))
		}
	})
	if _, err := Language("tlh"); err == nil {
		t.Error("a language that is not there has rules")
	}
}

// What differs from English in the grammar decides on the kind of a subject.
func TestTheSubjectFinderReadsOtherGrammars(t *testing.T) {
	for _, x := range []struct {
		tag, verb string
		want      kind
		body      string
	}{
		{"de", "hat", kindTeam, "Das Netzwerkteam hat die Warnung gesehen."},
		{"de", "hat", kindRole, "Die Datenbankadministratorin hat den Knoten gestoppt."},
		{"de", "hat", kindThing, "Die Sicherheitsgruppe hat den Port gesperrt."},
		{"de", "hat", kindThing, "Die Datenschicht hat die Anfrage verworfen."},
		{"de", "hat", kindThing, "Der Ausfall hat vier Minuten gedauert."},
		{"fr", "a", kindTeam, "L’équipe réseau a vu l’alerte."},
		{"fr", "a", kindRole, "Le nouvel ingénieur système a vu l'alerte."},
		{"fr", "a", kindRole, "Le chef de projet a vu l’alerte."},
		{"fr", "a", kindThing, "Le client HTTP a fermé la connexion."},
		{"fr", "a", kindThing, "Le nouveau service a fermé la connexion."},
		{"fr", "a", kindWe, "On a vu l’alerte."},
	} {
		rules, err := Language(x.tag)
		if err != nil {
			t.Fatal(err)
		}
		c := &checker{rules: rules}
		c.reset(Text{Body: x.body})
		var got []kind
		c.probe = func(i int) {
			if c.text.Body[c.tokens[i].start:c.tokens[i].end] == x.verb {
				got = append(got, c.subjectOf(i).kind)
			}
		}
		c.run()
		if len(got) != 1 || got[0] != x.want {
			t.Errorf("the subject is %v, expected %v: %s", got, x.want, x.body)
		}
	}
}

// A German sentence has its verb second: what stands before it cannot be taken away.
func TestARewriteLeavesTheVerbInItsPlace(t *testing.T) {
	rules, err := Language("de")
	if err != nil {
		t.Fatal(err)
	}
	found := rules.Check(Text{Body: "Im Nachhinein lag das Risiko in der Frist."})
	if len(found) != 1 || len(found[0].Rewrites) != 0 {
		t.Errorf("found %+v, expected one finding without a rewrite", found)
	}
}

// Sentences in several voices, written from the definitions of the categories, and
// sentences to be let be. The floors are held just below what was measured. Nobody who
// writes rules looks into those held apart.
func TestOtherLanguagesKeepTheirFigures(t *testing.T) {
	for _, x := range []struct {
		tag, held      string
		recall, alarms float64 // percent: at least, at most
	}{
		{"de", "", 97, 1},
		{"fr", "", 97, 1},
		{"de", "-held", 85, 1},
		{"fr", "-held", 75, 4},
	} {
		t.Run(x.tag+x.held, func(t *testing.T) {
			if x.held != "" {
				t.Setenv("SHOW", "")
			}
			rules, err := Language(x.tag)
			if err != nil {
				t.Fatal(err)
			}
			wanted, same, anyRule := recall(t, rules, readSet(t, "languages/"+x.tag+"-positive"+x.held+".txt"))
			negative := readSet(t, "languages/"+x.tag+"-negative"+x.held+".txt")
			n := alarms(t, rules, negative)
			r, a := 100*float64(same)/float64(wanted), 100*float64(n)/float64(len(negative))
			t.Logf("same category %d of %d (%.0f %%), any %d (%.0f %%); false alarms %d of %d (%.1f %%)", same, wanted, r, anyRule, 100*float64(anyRule)/float64(wanted), n, len(negative), a)
			if r < x.recall || a > x.alarms {
				t.Errorf("recall is %.1f %%, at least %.0f was held; false alarms are %.1f %%, at most %.0f", r, x.recall, a, x.alarms)
			}
		})
	}
}

// A whole report that keeps to facts, with people, times and acts in it.
func TestAFactualReportInAnotherLanguageIsLeftInPeace(t *testing.T) {
	for _, tag := range []string{"de", "fr"} {
		body, err := os.ReadFile("testdata/languages/" + tag + "-report.md")
		if err != nil {
			t.Fatal(err)
		}
		rules, err := Language(tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rules.Review(Text{Body: string(body), Format: Markdown}).Findings {
			t.Errorf("%s: %s finds %q", tag, f.Rule, f.Excerpt)
		}
	}
}

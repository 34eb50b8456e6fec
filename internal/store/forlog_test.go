package store_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

func TestALogIsToldWhatHappenedAndNotToWhat(t *testing.T) {
	const secret = "Mara wrote this"
	_, number := strconv.ParseInt(secret, 10, 64)
	_, moment := time.Parse(time.RFC3339, secret)
	stopped := func() (p any) {
		defer func() { p = recover() }()
		return []string{secret}[len(secret)]
	}()
	for want, problem := range map[string]any{
		"open: permission denied":                   &fs.PathError{Op: "open", Path: secret, Err: fs.ErrPermission},
		"rename: file does not exist":               fmt.Errorf("%s: %w", secret, &os.LinkError{Op: "rename", Old: secret, New: secret, Err: fs.ErrNotExist}),
		"ParseInt: invalid syntax":                  number,
		"a time could not be read":                  moment,
		"Get: no route":                             &url.Error{Op: "Get", URL: secret, Err: errors.New("no route")},
		`database: SQLSTATE 22P02, table "entries"`: &pgconn.PgError{Code: "22P02", Message: secret, Detail: secret, TableName: "entries"},
		"open: file does not exist":                 &debrief.Error{Kind: debrief.Unavailable, Say: secret, Err: &fs.PathError{Op: "open", Path: secret, Err: fs.ErrNotExist}},
		"kind invalid":                              &debrief.Error{Kind: debrief.Invalid, Say: secret},
		"a string":                                  secret,
		"index out of range":                        stopped,
	} {
		if got := store.ForLog(problem); !strings.Contains(got, want) || strings.Contains(got, "Mara") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

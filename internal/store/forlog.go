package store

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"debrief.dev/debrief"
)

// ForLog is what a log may say of an error, or of what a program stopped with. Errors
// hold what they are about: a [debrief.Error] words of the evidence, one of the file
// system the names of people's files, one of a parser or of the database the value
// that did not fit. So a log is told what happened, and never to what.
func ForLog(problem any) string {
	err, ok := problem.(error)
	if !ok {
		return fmt.Sprintf("a %T", problem)
	}
	var (
		path    *fs.PathError
		link    *os.LinkError
		pg      *pgconn.PgError
		number  *strconv.NumError
		moment  *time.ParseError
		address *url.Error
		ours    *debrief.Error
		ran     runtime.Error
	)
	switch {
	case errors.As(err, &path):
		return path.Op + ": " + path.Err.Error()
	case errors.As(err, &link):
		return link.Op + ": " + link.Err.Error()
	case errors.As(err, &pg):
		return fmt.Sprintf("database: SQLSTATE %s, table %q, constraint %q, routine %q", pg.Code, pg.TableName, pg.ConstraintName, pg.Routine)
	case errors.As(err, &number):
		return number.Func + ": " + number.Err.Error()
	case errors.As(err, &moment):
		return "a time could not be read"
	case errors.As(err, &address):
		return address.Op + ": " + ForLog(address.Err)
	case errors.As(err, &ran):
		return ran.Error()
	case errors.As(err, &ours):
		return "kind " + kindWords[ours.Kind]
	}
	return err.Error()
}

var kindWords = map[debrief.ErrorKind]string{
	debrief.Internal: "internal", debrief.Invalid: "invalid", debrief.NotFound: "not found", debrief.Denied: "denied",
	debrief.Conflict: "conflict", debrief.Unavailable: "unavailable", debrief.TooLarge: "too large",
}

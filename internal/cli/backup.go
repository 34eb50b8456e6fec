package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/settings"
	"debrief.dev/debrief/internal/store"
)

// keeping says where an installation keeps its data.
type keeping struct {
	configured
	data, database string
}

func (k *keeping) flags(cmd *cobra.Command) {
	k.configured.flags(cmd, settings.Data, settings.Database)
}

// find reads the settings.
func (k *keeping) find(cmd *cobra.Command, sys *System) error {
	v, err := k.load(cmd, sys)
	if err != nil {
		return err
	}
	k.data, k.database = v.Get(settings.Data), v.Get(settings.Database)
	return nil
}

// open opens the database, and says where the data folder is.
func (k *keeping) open(ctx context.Context, sys *System, version int) (st *store.Store, folder string, err error) {
	if folder, err = filepath.Abs(k.data); err != nil {
		return nil, "", err
	}
	st, err = store.Open(ctx, store.Config{Database: k.database, Folder: folder, Now: sys.Now, Version: version})
	return st, folder, err
}

// with opens the installation for as long as do takes, with the tables of a version;
// 0 is the newest.
func (k *keeping) with(ctx context.Context, sys *System, version int, do func(*casebook.Casebook) error) (err error) {
	st, folder, err := k.open(ctx, sys, version)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	cb, err := casebook.Open(casebook.Config{Store: st, Folder: folder})
	if err != nil {
		return err
	}
	return do(cb)
}

// there says that nothing is where an installation is expected, before opening
// it would make an empty one.
func (k *keeping) there() error {
	look := k.data
	if k.database == "" {
		look = filepath.Join(k.data, store.File)
	}
	if _, err := os.Stat(look); errors.Is(err, fs.ErrNotExist) {
		return &debrief.Error{Kind: debrief.NotFound, Field: "--data", Say: fmt.Sprintf("There is no installation in %s.", k.data), Hint: "--data names the folder that \"debrief serve\" keeps its data in.", Err: err}
	}
	return nil
}

// newBackup gives "debrief backup".
func newBackup(sys *System) *cobra.Command {
	var k keeping
	cmd := &cobra.Command{
		Use:     "backup FILE",
		Aliases: []string{"export"},
		Short:   "Write everything an installation keeps into one archive",
		Long: `Backup writes everything that an installation keeps into one archive, a tar file
compressed with gzip: people, incidents, timelines, pre-reads, the log of
activities, and the files of evidence byte for byte. It shows one moment, while
the server goes on working. "-" writes to standard output.

The form is the same for SQLite and PostgreSQL: "debrief restore" brings an
archive of one back into the other, on this machine or another. That is also how
an installation moves.

The archive holds what people wrote in private and hashes of passwords. The file
is made for its owner alone; keep it where only those read it who may.`,
		Example: `  debrief backup debrief-2026-03-02.tar.gz
  debrief backup --data /var/lib/debrief --database postgres://debrief@db/debrief - | ssh vault 'cat > debrief.tar.gz'`,
		Args: oneArgument("the file to write the archive to, or - for standard output"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := k.find(cmd, sys); err != nil {
				return err
			}
			if err := k.there(); err != nil {
				return err
			}
			return k.with(cmd.Context(), sys, 0, func(cb *casebook.Casebook) error {
				all, err := backupTo(cmd.Context(), sys, cb, args[0])
				if err == nil {
					fmt.Fprintf(sys.Stderr, "%s and %s are in the archive.\n", counted(all.Rows, "row", "rows"), counted(all.Files, "file of evidence", "files of evidence"))
				}
				return err
			})
		},
	}
	k.flags(cmd)
	return cmd
}

// backupTo writes beside the file and gives it its name when it is whole, so
// that a backup that was cut off never stands in place of a good one.
func backupTo(ctx context.Context, sys *System, cb *casebook.Casebook, path string) (all casebook.Archived, err error) {
	if path == "-" {
		return cb.Backup(ctx, sys.Stdout)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".debrief-backup-*") // for its owner alone
	if err != nil {
		return all, err
	}
	defer os.Remove(f.Name())
	all, err = cb.Backup(ctx, f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return all, err
	}
	return all, os.Rename(f.Name(), path)
}

// newRestore gives "debrief restore".
func newRestore(sys *System) *cobra.Command {
	var k keeping
	cmd := &cobra.Command{
		Use:     "restore FILE",
		Aliases: []string{"import"},
		Short:   "Bring back what \"debrief backup\" wrote",
		Long: `Restore brings back an archive of "debrief backup" into an empty data folder and,
with --database, an empty PostgreSQL database. Every file of evidence is checked
against its digest. Either everything is there afterwards, or nobody sees
anything of it: a damaged archive changes nothing. What is there already is never
written over. "-" reads standard input.

Sessions come along, so people stay signed in. An archive of an older version is
brought up to date, as that installation would have been; it needs a data folder,
and a database, that no Debrief has opened yet. One of a newer version is refused.`,
		Example: `  debrief restore debrief-2026-03-02.tar.gz --data ./restored
  debrief restore debrief.tar.gz --data /srv/debrief --database postgres://debrief@db/debrief`,
		Args: oneArgument("the archive to read, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := k.find(cmd, sys); err != nil {
				return err
			}
			in := sys.Stdin
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer f.Close()
				in = f
			}
			archive, err := casebook.OpenArchive(in)
			if err != nil {
				return err
			}
			return k.with(cmd.Context(), sys, archive.Version, func(cb *casebook.Casebook) error {
				all, err := cb.Restore(cmd.Context(), archive)
				if err == nil {
					fmt.Fprintf(sys.Stderr, "%s and %s are back.\n", counted(all.Rows, "row", "rows"), counted(all.Files, "file of evidence", "files of evidence"))
				}
				return err
			})
		},
	}
	k.flags(cmd)
	return cmd
}

// oneArgument asks for exactly one argument.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return &debrief.Error{
			Kind: debrief.Invalid, Say: fmt.Sprintf("\"debrief %s\" takes one argument: %s.", cmd.Name(), what),
			Hint: fmt.Sprintf("\"debrief %s --help\" has examples.", cmd.Name()),
		}
	}
}

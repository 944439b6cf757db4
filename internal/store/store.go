// Package store keeps the facts of runs: headers, records, logs and content-addressed blobs.
//
// The layout is the same in a folder and in every bucket:
//
//	runs/<run>/run.json                      header
//	runs/<run>/owner.json                    the local process that drives the run
//	runs/<run>/end.json                      how the run ended
//	runs/<run>/retried.json                  that it was retried
//	index/runs.json                          what lists of runs are made from, where it is there; see package runs/index
//	index/changed/<run>/<mark>               that a run which has ended was about to change
//	runs/<run>/steps/<path>/<attempt>.start  claim of an attempt
//	runs/<run>/steps/<path>/<attempt>.json   record of an attempt
//	runs/<run>/steps/<path>/entry.json       scope before a composite
//	runs/<run>/steps/<path>/exit.json        outcome of a composite
//	runs/<run>/logs/<path>/<attempt>.log     log of an attempt
//	leases/<group>/<slot>/<generation>.json  which run has a place among those that go on; see [Store.Lease]
//	blobs/sha256/ab/cdef…                    content addressed
//	cache/<key>.json                         content key -> record
//
// Each segment of a step's path is a folder level, escaped so that different names stay different on file
// systems that fold case (see [escape]); no folder's name holds a dot and every file's does, so the two never meet.
//
// Every write but that of a log is atomic: an object is there whole or not at all, also when the writer is killed
// at any moment. A loss of power is another matter: nothing here is synced to the disk.
package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin/buckets"
)

// Store is a place that holds runs and blobs. Its methods may be called from many goroutines and processes at once.
type Store struct {
	url    string // what is shown to people, without a password
	bucket bucket
	width  int // how many objects are read at once
}

// clouds are the schemes that other programs of this project may know.
var clouds = map[string]string{"s3": "S3", "gs": "Google Cloud Storage", "azblob": "Azure Blob Storage"}

// Open opens a store: a plain path or file:// URL of a folder, mem://, or a URL that one of the openers takes.
//
// A folder need not be there yet, but what it is in must be; it is made by the first write. The path in a bucket's
// URL, as in s3://bucket/some/folder, is put before every key.
func Open(ctx context.Context, where string, openers ...buckets.Opener) (*Store, error) {
	u, err := parse(where)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "file" {
		return openFolder(u.Path)
	}
	shown := u.Redacted()
	prefix := strings.Trim(u.Path, "/")
	u.Path, u.RawPath = "", ""
	var b *blob.Bucket
	if u.Scheme == "mem" {
		b = memblob.OpenBucket(nil)
	} else {
		i := slices.IndexFunc(openers, func(o buckets.Opener) bool { return o.Scheme == u.Scheme })
		if i < 0 {
			return nil, unknownScheme(shown, u.Scheme, openers)
		}
		if u.Host == "" {
			return nil, &Error{Store: shown, Op: "open", Err: errors.New("the URL names no bucket"), Hint: "write " + u.Scheme + "://BUCKET"}
		}
		if b, err = openers[i].Open(ctx, u); err != nil {
			return nil, &Error{Store: shown, Op: "open", Err: err, Hint: "check the URL and the credentials"}
		}
	}
	if prefix != "" {
		b = blob.PrefixedBucket(b, prefix+"/")
	}
	return &Store{url: shown, bucket: &cloud{b}, width: 64}, nil
}

func openFolder(path string) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, &Error{Store: path, Op: "open", Err: err}
	}
	f := &folder{root: abs}
	s := &Store{url: abs, bucket: f, width: 16}
	switch info, err := os.Stat(abs); {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(abs)); err != nil {
			return nil, s.fail("open", "", missingParent(abs))
		}
	case err != nil:
		return nil, s.fail("open", "", err)
	case !info.IsDir():
		return nil, &Error{Store: abs, Op: "open", Err: errors.New("it is a file"), Hint: "name a folder"}
	default:
		f.shared = info.Mode().Perm() == 0o777 && info.Mode()&fs.ModeSticky == 0
	}
	return s, nil
}

// parse reads where as a URL; a plain path becomes a file URL whose Path is the path as it is.
func parse(where string) (*url.URL, error) {
	if where == "" {
		return nil, &Error{Op: "open", Err: errors.New("no store is named"), Hint: "name a folder or a URL"}
	}
	scheme, _, ok := strings.Cut(where, "://")
	if !ok || scheme == "" || strings.ContainsAny(scheme, `/\.`) {
		return &url.URL{Scheme: "file", Path: where}, nil
	}
	u, err := url.Parse(where)
	if err != nil {
		var bad *url.Error // its text would repeat the URL, and a password in it
		if errors.As(err, &bad) {
			err = bad.Err
		}
		return nil, &Error{Store: scheme + "://…", Op: "open", Err: fmt.Errorf("this is not a URL: %w", err), Hint: "write %25 for a percent sign, and quote the URL in a shell"}
	}
	if u.Scheme != "file" {
		return u, nil
	}
	for k := range u.Query() {
		// fileblob's own, which say what is done here in any case
		if known := []string{"no_tmp_dir", "metadata", "create_dir"}; !slices.Contains(known, k) {
			return nil, &Error{Store: where, Op: "open", Err: fmt.Errorf("a folder has no option %q%s", k, diag.DidYouMean(k, known)), Hint: "leave it out"}
		}
	}
	switch u.Host {
	case "", "localhost":
	case ".":
		u.Path = "." + u.Path
	default:
		return nil, &Error{Store: where, Op: "open", Err: fmt.Errorf("%q is in the place of a host", u.Host), Hint: "write file:///" + u.Host + u.Path + " or the plain path"}
	}
	if u.Path == "" {
		return nil, &Error{Store: where, Op: "open", Err: errors.New("the URL names no folder"), Hint: "write file:///FOLDER"}
	}
	return u, nil
}

func unknownScheme(shown, scheme string, openers []buckets.Opener) error {
	if name, ok := clouds[scheme]; ok {
		return &Error{Store: shown, Op: "open", Err: fmt.Errorf("this program is built without %s", name), Hint: "use a program that has it, or another store"}
	}
	known := []string{"file", "mem"}
	for _, o := range openers {
		known = append(known, o.Scheme)
	}
	slices.Sort(known)
	return &Error{Store: shown, Op: "open", Err: fmt.Errorf("unknown scheme %q%s", scheme, diag.DidYouMean(scheme, known)), Hint: "known are " + strings.Join(known, ", ") + " and plain paths"}
}

// String returns the store's URL or folder, fit to be shown.
func (s *Store) String() string { return s.url }

// Folder returns the folder on this machine that holds the store, and false for a bucket.
func (s *Store) Folder() (string, bool) {
	f, ok := s.bucket.(*folder)
	if !ok {
		return "", false
	}
	return f.root, true
}

// Holds fails with [ErrRemoved] where the store is a folder of this machine that no longer holds a run which goes on: a
// step can have removed it, as `git clean -fdx` does, and what is written from then on is a run without a beginning.
// Of a bucket it is not asked, which steps do not remove by mistake.
func (s *Store) Holds(run string) error {
	folder, ok := s.Folder()
	if !ok {
		return nil
	}
	if _, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(headerKey(run)))); errors.Is(err, fs.ErrNotExist) {
		return &Error{Store: s.url, Op: "go on with", Key: headerKey(run), Err: ErrRemoved,
			Hint: "something that ran meanwhile, most likely a step, has removed the store (git clean -fdx, rm -r); exclude it there (git clean -e .runnable), or keep the store elsewhere with --store"}
	}
	return nil
}

// Close frees what the store holds.
func (s *Store) Close() error { return s.bucket.close() }

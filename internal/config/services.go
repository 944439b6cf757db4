package config

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// withoutType is a service's own keys, raw.
func (p *parser) withoutType(s service) Section {
	if s.body == nil {
		return p.raw(s.kind, s.field.span, nil)
	}
	n := yaml12.Deref(s.body)
	if s.body != s.field.value {
		return p.raw(s.kind, s.field.span, n)
	}
	own := *n
	own.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != "type" {
			own.Content = append(own.Content, n.Content[i], n.Content[i+1])
		}
	}
	return p.raw(s.kind, s.field.span, &own)
}

// target keeps the section of a target, which a pipeline-executor may be too.
func (p *parser) target(name string, s Section, span diag.Span) {
	if first, twice := p.cfg.Targets[name]; twice {
		p.r.Diags.Add(diag.Errorf(codeConflict, span, "the settings of %s are given twice; keep %s: or the pipeline-executor of type %s", name, name, name).With(first.Span, "the first is here"))
		return
	}
	p.cfg.Targets[name] = s
}

func (p *parser) secrets(f field) {
	s, ok := p.service(f, []string{"env-secrets", "dotenv", "do-nothing"})
	if !ok {
		return
	}
	switch s.kind {
	case "dotenv":
		p.cfg.Secrets = Secrets{Source: SecretsDotenv, File: ".env"}
		for _, c := range s.fields {
			if c.name != "location" {
				p.unknown(s, c, "location")
			} else if file, ok := p.text(c); ok {
				p.cfg.Secrets.File = file
			}
		}
		return
	case "do-nothing":
		p.cfg.Secrets.Source = SecretsNone
	}
	for _, c := range s.fields {
		p.unknown(s, c)
	}
}

// place is where some part of the file wants facts to be kept.
type place struct {
	url    string
	span   diag.Span
	bucket string // of a bucket, without the prefix
	keys   *Keys
}

func (p *parser) runLogStore(f field) {
	s, ok := p.service(f, []string{"buffered", "file-system", "chunked-fs", "minio", "chunked-minio"})
	if !ok {
		return
	}
	switch s.kind {
	case "minio", "chunked-minio":
		p.runLog = p.bucket(s, "runnable/run-logs")
	case "file-system", "chunked-fs":
		p.runLog = p.folder(s, "log-folder")
	default: // buffered: what is kept in the default store is more than it asks for
		p.folder(s)
	}
}

func (p *parser) catalogStore(f field) {
	s, ok := p.service(f, []string{"file-system", "minio", "s3", "do-nothing"})
	if !ok {
		return
	}
	switch s.kind {
	case "minio", "s3":
		p.catalog = p.bucket(s, "runnable")
	case "do-nothing":
		p.warnf(codeNoEffect, s.field.span, "catalog of type do-nothing has no effect: a step that puts or gets files does; remove its catalog, or say store_copy: false to record files without a copy")
		p.folder(s)
	default:
		p.catalog = p.folder(s, "catalog-location")
	}
}

// folder reads a service whose one key of interest names a folder.
func (p *parser) folder(s service, key ...string) *place {
	var out *place
	known := key
	if s.field.name == "catalog" {
		known = append(known, "compute-data-folder")
	}
	for _, c := range s.fields {
		switch {
		case len(key) > 0 && c.name == key[0]:
			if dir, ok := p.text(c); ok {
				out = &place{url: dir, span: c.span}
			}
		case c.name == "compute-data-folder" && s.field.name == "catalog":
			p.computeDataFolder(c)
		case s.field.name == "run-log-store": // Runnable takes any key there
			p.warnf(codeNoEffect, c.span, "%q has no effect%s", c.given, diag.DidYouMean(c.name, known))
		default:
			p.unknown(s, c, known...)
		}
	}
	return out
}

func (p *parser) computeDataFolder(c field) {
	dir, ok := p.text(c)
	if ok && filepath.Clean(dir) != "." {
		p.errorf(codeService, p.r.Span(c.value), "%q can only be \".\" here; put the folder into the patterns of the steps' catalog instead (%s/*)", c.given, strings.TrimSuffix(dir, "/"))
	}
}

// bucketKeys are the keys of MinIO and S3: those that Runnable has, and those that its documentation shows.
var bucketKeys = map[string]string{
	"endpoint-url": "endpoint", "endpoint": "endpoint",
	"bucket": "bucket", "bucket-name": "bucket",
	"aws-access-key-id": "id", "access-key": "id",
	"aws-secret-access-key": "secret", "secret-key": "secret",
	"prefix": "prefix", "region": "region", "secure": "secure",
}

func (p *parser) bucket(s service, bucket string) *place {
	given := map[string]field{}
	values := map[string]string{"bucket": bucket}
	if s.kind != "s3" {
		values["endpoint"] = "http://localhost:9002"
	} else {
		delete(values, "bucket")
	}
	for _, c := range s.fields {
		if c.name == "compute-data-folder" && s.field.name == "catalog" {
			p.computeDataFolder(c)
			continue
		}
		key, ok := bucketKeys[c.name]
		if !ok {
			p.unknown(s, c, "endpoint-url", "bucket", "prefix", "region")
			continue
		}
		if first, twice := given[key]; twice {
			p.r.Diags.Add(diag.Errorf(codeConflict, c.span, "%q and %q say the same; remove one", c.given, first.given).With(first.span, "the other is here"))
			continue
		}
		given[key] = c
		if key == "secure" {
			if b := p.boolean(c); b != nil {
				values[key] = strconv.FormatBool(*b)
			}
			continue
		}
		if v, ok := p.text(c); ok {
			values[key] = v
		}
	}
	if values["bucket"] == "" {
		p.errorf(codeMissing, s.field.span, "%s of type %s needs a bucket", s.field.name, s.kind)
		return nil
	}
	out := p.bucketPlace(s, values)
	out.keys = p.keys(s, given, values)
	return out
}

func (p *parser) bucketPlace(s service, v map[string]string) *place {
	name, prefix, _ := strings.Cut(strings.Trim(v["bucket"], "/"), "/")
	prefix = strings.Trim(prefix+"/"+v["prefix"], "/")
	u := url.URL{Scheme: "s3", Host: name}
	if prefix != "" {
		u.Path = "/" + prefix
	}
	q := url.Values{}
	if e := v["endpoint"]; e != "" {
		if !strings.Contains(e, "://") {
			scheme := "https://"
			if v["secure"] == "false" {
				scheme = "http://"
			}
			e = scheme + e
		}
		q.Set("endpoint", e)
	}
	if v["region"] != "" {
		q.Set("region", v["region"])
	}
	u.RawQuery = q.Encode()
	return &place{url: u.String(), span: s.field.span, bucket: name + " " + v["endpoint"]}
}

// keys takes the credentials of a file, which do not belong there.
func (p *parser) keys(s service, given map[string]field, values map[string]string) *Keys {
	id, hasID := given["id"]
	secret, hasSecret := given["secret"]
	switch {
	case !hasID && !hasSecret:
		return nil
	case !hasSecret:
		p.errorf(codeMissing, id.span, "%q is given without its secret; better remove it and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", id.given)
		return nil
	case !hasID:
		p.errorf(codeMissing, secret.span, "%q is given without the key's id; better remove it and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", secret.given)
		return nil
	}
	// The place is that of the section, so that the line which is shown with the warning is not the secret's.
	p.warnf(codeKeys, s.field.span, "credentials do not belong in a file, and reach no container from here; remove %q and %q and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a profile or role", id.given, secret.given)
	return &Keys{values["id"], values["secret"]}
}

var credential = regexp.MustCompile(`(?i)((?:secret[-_](?:access[-_])?key|access[-_]key(?:[-_]id)?)["']?\s*:[ \t]*)([^\s,}#][^,}\n]*)`)

// Shown returns the text of a configuration as diagnostics may show it: of the same form, but with asterisks for
// credentials. Print the diagnostics of [Parse] with this text.
func Shown(src []byte) []byte {
	return credential.ReplaceAllFunc(src, func(m []byte) []byte {
		loc := credential.FindSubmatchIndex(m)
		return append(append([]byte{}, m[:loc[3]]...), strings.Repeat("*", utf8.RuneCount(m[loc[4]:]))...)
	})
}

// locate settles on the one store, where Runnable has two places: one for its log and one for files.
func (p *parser) locate() {
	chosen := p.store
	for _, other := range []*place{p.preferred(), p.runLog, p.catalog} {
		switch {
		case other == nil || other == chosen:
		case chosen == nil:
			chosen = other
		case chosen == p.store || other.url != chosen.url && (other.bucket == "" || other.bucket != chosen.bucket):
			p.r.Diags.Add(diag.Warningf(codeNoEffect, other.span, "nothing is kept in %s: one store holds records and files, here %s; set store: to choose another", shown(other), shown(chosen)).With(chosen.span, "it is named here"))
		}
	}
	if chosen == nil {
		return
	}
	p.cfg.Store, p.cfg.Keys = chosen.url, chosen.keys
	for _, other := range []*place{p.runLog, p.catalog} {
		if p.cfg.Keys == nil && other != nil && chosen.bucket != "" && other.bucket == chosen.bucket {
			p.cfg.Keys = other.keys
		}
	}
}

// preferred is the place that counts where there are two: a bucket before a folder, since others can reach it; of
// two buckets that of the catalog, of two folders that of the run log.
func (p *parser) preferred() *place {
	switch {
	case p.store != nil:
		return nil
	case p.catalog != nil && p.catalog.bucket != "":
		return p.catalog
	case p.runLog != nil:
		return p.runLog
	}
	return p.catalog
}

// shown is a place as a message names it.
func shown(p *place) string {
	if u, err := url.Parse(p.url); err == nil && u.Scheme != "" {
		return u.Redacted()
	}
	return p.url
}

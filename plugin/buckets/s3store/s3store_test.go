package s3store_test

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/plugin/buckets"
	"github.com/runnable-render/runnable-render/plugin/buckets/s3store"
)

// Opening reaches no server: what can be wrong in a URL is told before a run begins.
func TestOpen(t *testing.T) {
	t.Parallel()
	for _, opener := range []buckets.Opener{s3store.Opener(), s3store.OpenerWith("id", "hunter2")} {
		for where, want := range map[string]string{
			"s3://bucket?endpoint=http://localhost:9000":                      "",
			"s3://bucket/a/prefix?endpoint=http://localhost:9000&region=here": "",
			"s3://":                    "the URL names no bucket",
			"s3://bucket?enpoint=x":    `unknown query parameter "enpoint"`,
			"s3://bucket?anonymous=no": "invalid value for anonymous",
		} {
			s, err := store.Open(t.Context(), where, opener)
			switch {
			case want == "" && err != nil:
				t.Errorf("%s: %v", where, err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("%s: %v, want %s", where, err, want)
			case err != nil && strings.Contains(err.Error(), "hunter2"):
				t.Errorf("%s: %v", where, err)
			}
			if s != nil {
				_ = s.Close()
			}
		}
	}
}

// A server that is not Amazon's has nobody to ask for a role: without credentials it is said what to set.
func TestNoCredentials(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/nowhere")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
	s, err := store.Open(t.Context(), "s3://bucket?endpoint=http://127.0.0.1:9", s3store.Opener())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Header(t.Context(), "r")
	if err == nil || !strings.Contains(err.Error(), "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") || strings.Contains(err.Error(), "EC2") {
		t.Error(err)
	}
}

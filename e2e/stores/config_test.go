//go:build e2e

package stores

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Runnable's own configuration, as its code reads it and as its documentation shows it, finds the bucket; credentials
// come from the environment, or with a warning that does not show them from the file.
func TestConfiguration(t *testing.T) {
	addr := s3(t).addr
	file := definition(t, strings.Replace(putting, "25165824", "1000", 1))
	for name, text := range map[string]string{
		"code":          "catalog: {type: minio, config: {endpoint_url: 'http://%[1]s', bucket: bucket}}\nrun-log-store: {type: chunked-minio, config: {endpoint_url: 'http://%[1]s', bucket: bucket/log}}\n",
		"documentation": "catalog:\n  type: minio\n  endpoint: '%[1]s'\n  bucket_name: bucket\n  secure: false\n",
		"S3":            "catalog: {type: s3, config: {bucket: bucket, prefix: s3, endpoint_url: 'http://%[1]s'}}\n",
		"keys":          "catalog: {type: minio, config: {endpoint_url: 'http://%[1]s', bucket: bucket/keys, aws_access_key_id: testkey, aws_secret_access_key: testsecret}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			if name == "keys" {
				t.Setenv("AWS_ACCESS_KEY_ID", "another")
				t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
			}
			config := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(config, fmt.Appendf(nil, text, addr), 0o600); err != nil {
				t.Fatal(err)
			}
			r := succeeds(t, "run", file, "-c", config, "--run-id", name)
			if warned := strings.Contains(r.err, "credentials do not belong in a file"); warned != (name == "keys") || strings.Contains(r.err, secret) {
				t.Errorf("warned of credentials: %v\n%s", warned, r.err)
			}
			r = succeeds(t, "catalog", "ls", name, "-c", config)
			if !strings.Contains(r.out, "big.bin  1000 B") {
				t.Errorf("got %s", r.out)
			}
		})
	}
}

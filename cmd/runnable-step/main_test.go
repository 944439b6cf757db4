package main

import (
	"crypto/x509"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// bareVariable makes this test's program one on a machine without certificates.
const bareVariable = "RUNNABLE_STEP_TEST_BARE"

// TestRoots checks that the runner trusts the roots that come with it where the image, as the runner's own, has none:
// stores and webhooks are reached by https.
func TestRoots(t *testing.T) {
	t.Parallel()
	if os.Getenv(bareVariable) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestRoots$", "-test.v")
		cmd.Env = append(os.Environ(), bareVariable+"=1", "SSL_CERT_FILE=/nonexistent", "SSL_CERT_DIR=/nonexistent")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	trusted := 0
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		if root.Constraint != nil {
			continue
		}
		if _, err := cert.Verify(x509.VerifyOptions{CurrentTime: cert.NotBefore, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
			t.Errorf("%s: %v", cert.Subject, err)
		}
		trusted++
	}
	if trusted < 50 {
		t.Errorf("%d roots", trusted)
	}
}

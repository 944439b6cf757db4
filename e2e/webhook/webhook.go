//go:build e2e

// Package webhook is a server that hooks of a run post to, for suites on real targets.
package webhook

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// Path is where the server takes hooks. Who does not know it gets a 404.
const Path = "/hooks/only-who-knows-it"

// Server listens at an address of this machine, with and without TLS.
type Server struct {
	HTTP, HTTPS string // addresses of the hook
	Certificate []byte // PEM: what a client has to trust

	mu  sync.Mutex
	got map[string][]string // statuses by run, in the order in which they came
}

// Serve starts a server at a host's address, to the end of the test.
func Serve(t *testing.T, host string) *Server {
	t.Helper()
	s := &Server{got: map[string][]string{}}
	text, certificate, err := Pair(host)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		t.Fatal(err)
	}
	s.Certificate = certificate
	start := func(begin func(*httptest.Server)) string {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		server := &httptest.Server{Listener: l, Config: &http.Server{Handler: s}, TLS: &tls.Config{Certificates: []tls.Certificate{pair}}}
		begin(server)
		t.Cleanup(server.Close)
		return server.URL + Path
	}
	s.HTTP, s.HTTPS = start((*httptest.Server).Start), start((*httptest.Server).StartTLS)
	return s
}

// Pair makes a certificate for an address: with its key, and as clients trust it, both as PEM.
func Pair(host string) (pair, certificate []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "hooks"}, IPAddresses: []net.IP{net.ParseIP(host)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), certificate...), certificate, nil
}

// ServeHTTP implements [http.Handler]: it keeps what it is told where that is the summary of a run.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var sum struct {
		RunID    string `json:"run_id"`
		Status   string
		Pipeline string
	}
	err := json.NewDecoder(r.Body).Decode(&sum)
	switch h := r.Header; {
	case r.URL.Path != Path || r.Method != http.MethodPost:
		http.NotFound(w, r)
	case err != nil || sum.Pipeline == "" || sum.RunID != h.Get("X-Runnable-Run-Id") || sum.Status != h.Get("X-Runnable-Status"):
		http.Error(w, "this is not a summary of a run", http.StatusBadRequest)
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got[sum.RunID] = append(s.got[sum.RunID], sum.Status)
	}
}

// Told returns the statuses that a run was told to have had.
func (s *Server) Told(run string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got[run])
}

//go:build e2e

package stores

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// proxy stands between a client and a server and breaks what passes.
type proxy struct {
	l      net.Listener
	target string

	mu     sync.Mutex
	up     fault
	down   fault
	status int
	body   string
	left   int // answers of its own that are left
	rate   int // bytes per second upwards; 0: no limit
	at     int64
	then   func() // once at bytes have gone up
	sent   int64
	closed bool
}

// fault cuts a connection after a number of bytes, some times.
type fault struct {
	bytes int64
	times int
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{l: l, target: target}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

func (p *proxy) addr() string { return p.l.Addr().String() }

func (p *proxy) cutUp(n int64, times int)   { p.up = fault{n, times} }
func (p *proxy) cutDown(n int64, times int) { p.down = fault{n, times} }
func (p *proxy) slow(rate int)              { p.rate = rate }
func (p *proxy) after(n int64, do func())   { p.at, p.then = n, do }
func (p *proxy) refuse()                    { _ = p.l.Close() }

func (p *proxy) answer(status, times int) {
	code := map[int]string{403: "AccessDenied", 500: "InternalError", 503: "SlowDown"}[status]
	p.status, p.left = status, times
	p.body = fmt.Sprintf("<Error><Code>%s</Code><Message>made by the test</Message></Error>", code)
}

func (p *proxy) noBucket(times int) {
	p.status, p.left, p.body = 404, times, "<Error><Code>NoSuchBucket</Code><Message>made by the test</Message></Error>"
}

// serve passes one connection on.
func (p *proxy) serve(c net.Conn) {
	defer c.Close()
	p.mu.Lock()
	own := p.left > 0
	p.mu.Unlock()
	if own {
		p.answerAll(c)
		return
	}
	s, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer s.Close()
	done := make(chan struct{}, 2)
	go func() { p.pass(s, c, &p.up, true); done <- struct{}{} }()
	go func() { p.pass(c, s, &p.down, false); done <- struct{}{} }()
	<-done
}

// answerAll answers requests itself, one on each connection.
func (p *proxy) answerAll(c net.Conn) {
	var head bytes.Buffer
	buf := make([]byte, 32<<10)
	for !bytes.Contains(head.Bytes(), []byte("\r\n\r\n")) {
		n, err := c.Read(buf)
		head.Write(buf[:n])
		if err != nil {
			return
		}
	}
	body := p.body
	if bytes.HasPrefix(head.Bytes(), []byte("HEAD ")) {
		// A HEAD has no body to say why in; what counts for it is the first request that has one.
		if p.status == 404 || p.status == 403 {
			fmt.Fprintf(c, "HTTP/1.1 %d x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", p.status)
			return
		}
		body = ""
	}
	p.mu.Lock()
	p.left--
	p.mu.Unlock()
	fmt.Fprintf(c, "HTTP/1.1 %d %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", p.status, http.StatusText(p.status), len(body), body)
	if tcp, ok := c.(*net.TCPConn); ok { // let the client read it before the rest of its request is refused
		_ = tcp.CloseWrite()
	}
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.Copy(io.Discard, c)
}

// pass copies one direction until it ends or breaks.
func (p *proxy) pass(to, from net.Conn, f *fault, upwards bool) {
	buf := make([]byte, 64<<10)
	var n int64
	for {
		k, err := from.Read(buf)
		n += int64(k)
		if p.breaks(f, n) {
			return
		}
		if _, werr := to.Write(buf[:k]); werr != nil {
			return
		}
		if upwards {
			p.count(k)
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) breaks(f *fault, n int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.times == 0 || n < f.bytes {
		return false
	}
	f.times--
	return true
}

// count counts what has gone up, holds it back, and does what is to be done at some point.
func (p *proxy) count(k int) {
	p.mu.Lock()
	p.sent += int64(k)
	var then func()
	if p.then != nil && p.sent >= p.at {
		then, p.then = p.then, nil
	}
	rate := p.rate
	p.mu.Unlock()
	if then != nil {
		then()
	}
	if rate > 0 {
		time.Sleep(time.Duration(k) * time.Second / time.Duration(rate))
	}
}

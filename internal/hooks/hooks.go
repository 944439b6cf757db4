// Package hooks runs the hooks of a definition when a run has ended: it runs commands and calls webhooks, and passes
// each the summary of the run. The result of a hook does not change the run.
package hooks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/plugin"
)

// Options says what hooks run with. All but Log is required.
type Options struct {
	Pipeline *ir.Pipeline
	Summary  *runs.Summary
	Runtime  *step.Runtime  // runs commands as it runs steps: with a time limit, without secrets in what they write
	Secrets  plugin.Secrets // where webhook_from looks first
	Environ  []string       // where it looks then
	Dir      string         // the working folder of commands
	Image    string
	Store    string    // the folder of the run's store; empty: it is a bucket
	Log      io.Writer // what commands write; nil: nowhere
}

// firstWait is the wait after the first try of a webhook; it doubles.
const firstWait = time.Second

// Run runs the hooks of how the run ended, one after the other, and returns what each came to.
func Run(ctx context.Context, o Options) ([]engine.HookResult, error) {
	list := o.Pipeline.OnSuccess
	when := "on_success"
	if o.Summary.Status != engine.Success {
		list, when = o.Pipeline.OnFailure, "on_failure"
	}
	if len(list) == 0 {
		return nil, nil
	}
	var body bytes.Buffer
	if err := o.Summary.WriteJSON(&body); err != nil {
		return nil, err
	}
	out := make([]engine.HookResult, len(list))
	for i, h := range list {
		began := time.Now()
		name := fmt.Sprintf("%s %d", when, i+1)
		kind, err := "command", error(nil)
		switch {
		case h.Command != "":
			err = o.command(ctx, name, h, &ir.Shell{Script: h.Command}, body.Bytes())
		case h.Flow != nil:
			kind = "function"
			err = o.command(ctx, name, h, h.Flow, body.Bytes())
		default:
			kind = "webhook"
			err = o.webhook(ctx, h, body.Bytes())
		}
		out[i] = engine.HookResult{Name: name, Kind: kind, OK: err == nil, Seconds: time.Since(began).Seconds()}
		if err != nil {
			out[i].Message = err.Error()
		}
	}
	return out, nil
}

// command runs a script or a function as a step of its own would run, but leaves no record.
func (o Options) command(ctx context.Context, name string, h ir.Hook, c ir.Command, body []byte) error {
	sum := o.Summary
	res := o.Runtime.Execute(ctx, step.Job{
		Run: sum.RunID, Path: name, Store: o.Store, Tags: sum.Tags, Target: sum.Target, Image: o.Image, Dir: o.Dir, Stdin: body, Log: o.log(), Failed: sum.Failure,
		Node:   &ir.Task{Command: c, Secrets: h.Secrets, Timeout: h.Limit()},
		Before: engine.InitialScope(nil),
		Env:    []ir.EnvVar{{Name: "RUNNABLE_STATUS", Value: string(sum.Status)}, {Name: "RUNNABLE_PIPELINE", Value: sum.Pipeline}},
	})
	if res.Failure != nil {
		return errors.New(res.Failure.Message)
	}
	return nil
}

func (o Options) log() io.Writer {
	if o.Log == nil {
		return io.Discard
	}
	return o.Log
}

// webhook posts the summary, again where that may help.
func (o Options) webhook(ctx context.Context, h ir.Hook, body []byte) error {
	to, err := o.address(h)
	if err != nil {
		return err
	}
	wait := firstWait
	for try := 1; ; try++ {
		again, err := post(ctx, to, o.Summary, h.Limit(), body)
		if h.WebhookFrom != "" {
			err = withoutHost(err, to)
		}
		if err == nil || !again || try == ir.HookTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
			wait *= 2
		}
	}
}

// withoutHost is an error that does not show the host of a URL, where its secret may be as well.
func withoutHost(err error, to string) error {
	u, bad := url.Parse(to)
	if err == nil || bad != nil || u.Hostname() == "" {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), u.Hostname(), "***"))
}

// address is the webhook's URL. One that comes from a secret is never shown.
func (o Options) address(h ir.Hook) (string, error) {
	if h.Webhook != "" {
		return h.Webhook, nil
	}
	text, ok, err := o.Secrets.Secret(h.WebhookFrom)
	if err != nil {
		return "", fmt.Errorf("webhook_from %s: %w", h.WebhookFrom, err)
	}
	if !ok {
		for _, kv := range o.Environ {
			if v, found := strings.CutPrefix(kv, h.WebhookFrom+"="); found {
				text, ok = v, true
			}
		}
	}
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	switch {
	case (!ok || text == "") && o.Secrets.Source() == "the environment":
		return "", fmt.Errorf("webhook_from %s: it is not set in the environment", h.WebhookFrom)
	case !ok || text == "":
		return "", fmt.Errorf("webhook_from %s: it is set neither in %s nor in the environment", h.WebhookFrom, o.Secrets.Source())
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("webhook_from %s: what it holds is not an http or https URL", h.WebhookFrom)
	}
	return text, nil
}

// post makes one request. again reports whether another may do better.
func post(ctx context.Context, to string, sum *runs.Summary, limit time.Duration, body []byte) (again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return false, errors.New("the webhook's URL is invalid")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "runnable-render")
	req.Header.Set("X-Runnable-Run-Id", sum.RunID)
	req.Header.Set("X-Runnable-Status", string(sum.Status))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		var with *url.Error // whose text would repeat the URL, and what is secret in it
		if errors.As(err, &with) {
			err = with.Err
		}
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("no answer within %s", limit)
		}
		return true, fmt.Errorf("the webhook: %w", err)
	}
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10)
	_ = res.Body.Close()
	if res.StatusCode/100 == 2 {
		return false, nil
	}
	return res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests, fmt.Errorf("the webhook answered %s", res.Status)
}

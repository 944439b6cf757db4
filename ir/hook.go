package ir

import (
	"math"
	"net/url"
	"time"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Hook is what is done when a run has ended: a command, a request to a webhook, or a function of a Metaflow flow. Exactly one
// of Command, Webhook, WebhookFrom and Flow is set. What a hook comes to changes nothing about the run.
type Hook struct {
	Command     string        // a script for /bin/sh
	Webhook     string        // an http or https URL
	WebhookFrom string        // the secret, or the variable of the environment, that holds the URL
	Flow        *Flow         // calls a function of a flow's file, with the run
	Secrets     []Ref         // of the command
	Timeout     time.Duration // of the command, or of each request; 0: [HookTimeout]
	Span        diag.Span
}

// HookTimeout is the time that a hook gets where it says nothing.
const HookTimeout = 30 * time.Second

// Limit is the time that the hook gets.
func (h Hook) Limit() time.Duration {
	if h.Timeout > 0 {
		return h.Timeout
	}
	return HookTimeout
}

// HookTries is how often a webhook is tried that cannot be reached, or whose server is not well.
const HookTries = 3

// HooksLimit is the time that hooks take at most, one after the other.
func HooksLimit(hooks []Hook) time.Duration {
	total := time.Duration(0)
	for _, h := range hooks {
		tries := time.Duration(1)
		if h.Command == "" && h.Flow == nil {
			tries = HookTries
		}
		if h.Limit() > (math.MaxInt64-total)/tries {
			return math.MaxInt64
		}
		total += tries * h.Limit()
	}
	return total
}

// NeedsImage reports whether a hook of the pipeline is a command or a function, which wants the user's image.
func NeedsImage(hooks []Hook) bool {
	for _, h := range hooks {
		if h.Command != "" || h.Flow != nil {
			return true
		}
	}
	return false
}

// Hooks are all hooks of the pipeline, those of success first.
func (p *Pipeline) Hooks() []Hook {
	return append(p.OnSuccess[:len(p.OnSuccess):len(p.OnSuccess)], p.OnFailure...)
}

// HookSecrets are the secrets that hooks use, each once. A webhook's URL is one where a secret holds it.
func HookSecrets(hooks []Hook) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, h := range hooks {
		for _, name := range append([]string{h.WebhookFrom}, refNames(h.Secrets)...) {
			if !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	return out
}

func refNames(refs []Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.Name
	}
	return out
}

// hooks looks at what each hook says.
func (c *checker) hooks() {
	for _, h := range c.p.Hooks() {
		if h.Span.IsZero() {
			h.Span = c.p.Span
		}
		c.secrets("a hook", h.Span, h.Secrets)
		said := 0
		for _, text := range []string{h.Command, h.Webhook, h.WebhookFrom} {
			if text != "" {
				said++
			}
		}
		if h.Flow != nil {
			said++
		}
		switch {
		case said != 1:
			c.errorf(codeHook, h.Span, "a hook is one of command, webhook and webhook_from; this one has %d of them", said)
		case h.Webhook != "" && !isWebhook(h.Webhook):
			c.errorf(codeHook, h.Span, "the webhook %q is not an http or https URL with a host; if it is secret, name the secret with webhook_from", h.Webhook)
		case h.Command == "" && len(h.Secrets) > 0:
			c.errorf(codeHook, h.Span, "a webhook has no secrets; if its URL is secret, name the secret with webhook_from")
		case h.Timeout < 0:
			c.errorf(codeRange, h.Span, "the timeout of a hook is negative")
		case h.Timeout > MaxDuration:
			c.errorf(codeRange, h.Span, "the timeout of a hook is %s; it must be at most %s", h.Timeout, MaxDuration)
		}
	}
}

func isWebhook(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Owner is the process that drives a run (runs/<run>/owner.json). Only local runs have one.
type Owner struct {
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	Since   time.Time `json:"since"`
	Started string    `json:"started,omitempty"` // when the process started, in the system's own count
	Boot    string    `json:"boot,omitempty"`    // which start of the system that count is of
	Space   string    `json:"space,omitempty"`   // in which namespace the pid is meant
}

// ErrOwned is returned when another process that still lives drives the run.
var ErrOwned = errors.New("another process is running it")

func ownerKey(run string) string { return runKey(run) + "owner.json" }

// Own notes that this process drives the run now. It fails with [ErrOwned] while another one does. Of several processes
// that want a run which nobody has driven yet, one gets it.
func (s *Store) Own(ctx context.Context, run string) error { return s.own(ctx, run, self()) }

func (s *Store) own(ctx context.Context, run string, me Owner) error {
	for {
		old, err := s.Owner(ctx, run)
		switch {
		case err != nil && !Corrupted(err):
			return err
		case err == nil && old == nil:
			if first, err := s.createJSON(ctx, ownerKey(run), me); err != nil || first {
				return err
			}
			continue
		case old != nil && old.Known() && old.Alive() && !old.is(me):
			return fmt.Errorf("run %q: %w (process %d on %s)", run, ErrOwned, old.PID, old.Host)
		}
		return s.writeJSON(ctx, ownerKey(run), me)
	}
}

func (o *Owner) is(other Owner) bool { return o.PID == other.PID && o.Started == other.Started }

// Begin makes this process the driver of a new run and writes the run's header, in this order: a process that is killed
// in between leaves no run, and a run whose process was killed is known to be interrupted. Where the run exists the
// error is that of [Store.CreateRun].
func (s *Store) Begin(ctx context.Context, h engine.Header) error {
	if err := CheckRunID(h.Run); err != nil {
		return err
	}
	free, err := s.missing(ctx, headerKey(h.Run))
	if err == nil && free {
		err = s.Own(ctx, h.Run)
	}
	if err != nil {
		return err
	}
	return s.CreateRun(ctx, h)
}

// Owner returns the process that drives or drove the run, or nil.
func (s *Store) Owner(ctx context.Context, run string) (*Owner, error) {
	if err := CheckRunID(run); err != nil {
		return nil, err
	}
	var o Owner
	if ok, err := s.readJSON(ctx, ownerKey(run), &o); err != nil || !ok {
		return nil, err
	}
	return &o, nil
}

func self() Owner {
	host, _ := os.Hostname()
	pid := os.Getpid()
	return Owner{Host: host, PID: pid, Since: time.Now().UTC(), Started: processStart(pid), Boot: bootID(), Space: pidSpace()}
}

// Known reports whether this machine can tell if the process lives.
func (o *Owner) Known() bool {
	me := self()
	return o.Host == me.Host && (o.Boot != me.Boot || o.Space == me.Space)
}

// Alive reports whether the process may still live. It says no only for a process of this machine that is gone, or
// whose number another process has by now.
func (o *Owner) Alive() bool {
	if !o.Known() {
		return true
	}
	if o.Boot != bootID() {
		return false
	}
	return processLives(o.PID, o.Started)
}

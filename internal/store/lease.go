package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/ir"
)

// LeaseOptions says which runs are not to go on at the same time.
type LeaseOptions struct {
	Run        string
	Pipeline   string
	Group      string
	Limit      int
	OnConflict string // [ir.ConflictWait] and its like
	// Waiting is told whom the run waits for, whenever these change.
	Waiting func(holders []Holder)
	Times   LeaseTimes // zero: the usual ones
}

// LeaseTimes are what a lease lives by.
type LeaseTimes struct {
	Renew time.Duration // the holder says so often that it lives
	Dead  time.Duration // a holder that has said nothing for so long is dead
	Ask   time.Duration // who waits looks so often
}

func (t LeaseTimes) usual() LeaseTimes {
	if t == (LeaseTimes{}) {
		return LeaseTimes{Renew: 5 * time.Second, Dead: 30 * time.Second, Ask: time.Second}
	}
	return t
}

// Holder is a run that goes on.
type Holder struct {
	Run      string    `json:"run"`
	Pipeline string    `json:"pipeline"`
	Owner    Owner     `json:"owner"`
	Since    time.Time `json:"since"`
	Mark     string    `json:"mark"` // tells apart what is otherwise the same

	place place
}

// String names the run for people.
func (h Holder) String() string {
	return fmt.Sprintf("run %s of %q (process %d on %s)", h.Run, h.Pipeline, h.Owner.PID, h.Owner.Host)
}

// BusyError says that other runs are in the way of one that does not wait.
type BusyError struct {
	Holders []Holder
}

func (e *BusyError) Error() string { return "in the way: " + names(e.Holders) }

func names(holders []Holder) string {
	var out []string
	for _, h := range holders {
		out = append(out, h.String())
	}
	return strings.Join(out, ", ")
}

// Lease waits until a run may go on, or does what its pipeline says of such a conflict. When ctx ends, so does the waiting.
func (s *Store) Lease(ctx context.Context, o LeaseOptions) (*Lease, error) {
	if err := CheckRunID(o.Run); err != nil {
		return nil, err
	}
	o.Times = o.Times.usual()
	q := &queue{store: s, o: o, name: o.Run, told: " "}
	defer q.leave(context.WithoutCancel(ctx))
	for {
		l, busy, err := q.try(ctx)
		switch {
		case err != nil || l != nil:
			return l, err
		case len(busy) == 0: // another one was faster
			continue
		case o.OnConflict == ir.ConflictFail:
			return nil, &BusyError{busy}
		case o.OnConflict == ir.ConflictCancel:
			if err := s.cancel(ctx, busy[0], o.Run); err != nil {
				return nil, err
			}
		}
		q.tell(busy)
		if !sleep(ctx, o.Times.Ask) {
			return nil, ctx.Err()
		}
	}
}

// Held returns the place that a run has by another process, such as another container of it. nil: it has none any more.
func (s *Store) Held(ctx context.Context, o LeaseOptions) (*Lease, error) {
	if err := CheckRunID(o.Run); err != nil {
		return nil, err
	}
	o.Times = o.Times.usual()
	q := &queue{store: s, o: o, name: o.Run + "-" + rand.Text()} // several look at a time
	defer q.leave(context.WithoutCancel(ctx))
	now, err := q.now(ctx)
	if err != nil {
		return nil, err
	}
	places, err := s.places(ctx, o.Group)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		switch h, lives, err := s.holder(ctx, p, now, o.Times); {
		case err != nil:
			return nil, err
		case lives && h.Run == o.Run:
			return &Lease{store: s, place: p, times: o.Times}, nil
		}
	}
	return nil, nil
}

// queue is the wait of one run.
type queue struct {
	store  *Store
	o      LeaseOptions
	name   string // of its ticket
	told   string
	looked time.Time // at the places, last
	awake  time.Time // until then nobody is taken for dead
}

func (q *queue) tell(busy []Holder) {
	if now := names(busy); now != q.told && q.o.Waiting != nil {
		q.o.Waiting(busy)
		q.told = now
	}
}

// try takes a free place. Without one it returns those that have them, the oldest first.
func (q *queue) try(ctx context.Context) (*Lease, []Holder, error) {
	now, err := q.now(ctx)
	if err != nil {
		return nil, nil, err
	}
	o := q.o
	if q.slept(now) {
		o.Times.Dead = math.MaxInt64
	}
	places, err := q.store.places(ctx, q.o.Group)
	if err != nil {
		return nil, nil, err
	}
	taken := map[int]bool{}
	var busy []Holder
	for _, p := range places {
		h, lives, err := q.store.holder(ctx, p, now, o.Times)
		if err != nil {
			return nil, nil, err
		}
		if h.Run == q.o.Run { // a run does not wait for itself, unless another process of this machine drives it
			lives = lives && h.Owner.Known()
		}
		if lives {
			busy = append(busy, h)
			taken[p.slot] = true
		}
	}
	if len(busy) >= q.o.Limit {
		slices.SortFunc(busy, func(a, b Holder) int { return a.Since.Compare(b.Since) })
		return nil, busy, nil
	}
	slot := 0
	for taken[slot] {
		slot++
	}
	l, err := q.store.take(ctx, place{q.o.Group, slot, places[slot].generation + 1}, q.o)
	return l, nil, err
}

// slept reports whether this process has just slept, as with its machine. Others that slept as well say first that they live.
func (q *queue) slept(now time.Time) bool {
	if t := q.o.Times; !q.looked.IsZero() && !q.looked.Before(q.awake) && now.Sub(q.looked) > t.Ask+t.Dead/2 {
		q.awake = now.Add(2 * t.Renew)
	}
	q.looked = now
	return now.Before(q.awake)
}

// now is the time by the clock of the store, which is the same for all that ask.
func (q *queue) now(ctx context.Context) (time.Time, error) {
	key := q.ticket()
	if err := q.store.writeJSON(ctx, key, q.o.Run); err != nil {
		return time.Time{}, err
	}
	_, at, err := q.store.bucket.stat(ctx, key)
	return at, q.store.fail("read", key, err)
}

func (q *queue) ticket() string { return groupKey(q.o.Group) + "asked/" + escape(q.name) + recordExt }

func (q *queue) leave(ctx context.Context) { _ = q.store.bucket.remove(ctx, q.ticket()) }

// place is one of those that a group has, in one of its generations: who creates the object of the next generation has the place.
type place struct {
	group            string
	slot, generation int
}

func groupKey(group string) string { return "leases/" + escape(group) + "/" }

func (p place) folder() string { return groupKey(p.group) + strconv.Itoa(p.slot) + "/" }

func (p place) key(ext string) string { return p.folder() + strconv.Itoa(p.generation) + ext }

// What there is of a generation: who has the place, that it lives, and who wants it to end.
const (
	beatExt   = ".beat"
	cancelExt = ".cancel"
)

// places are the last generations of all that a group has, by their numbers.
func (s *Store) places(ctx context.Context, group string) (map[int]place, error) {
	out := map[int]place{}
	for name, err := range s.bucket.list(ctx, groupKey(group)) {
		if err != nil {
			return nil, s.fail("list", groupKey(group), err)
		}
		slot, err := strconv.Atoi(strings.TrimSuffix(name, "/"))
		if err != nil || slot < 0 {
			continue
		}
		p, err := s.last(ctx, place{group, slot, 0})
		if err != nil {
			return nil, err
		}
		out[slot] = p
	}
	return out, nil
}

// mostGenerations is more than any place ever has.
const mostGenerations = 1 << 40

// last is the last generation of a place.
func (s *Store) last(ctx context.Context, p place) (place, error) {
	for name, err := range s.bucket.list(ctx, p.folder()) {
		if err != nil {
			return p, s.fail("list", p.folder(), err)
		}
		text, ok := strings.CutSuffix(name, recordExt)
		n, err := strconv.Atoi(text)
		switch {
		case !ok || err != nil:
		case n > mostGenerations:
			return p, s.fail("read", p.folder()+name, errCorrupt{"no place has had so many runs"})
		default:
			p.generation = max(p.generation, n)
		}
	}
	return p, nil
}

// beat is what a holder says again and again.
type beat struct {
	Released bool `json:"released,omitempty"`
}

// holder is who has a place, and whether it lives.
func (s *Store) holder(ctx context.Context, p place, now time.Time, times LeaseTimes) (Holder, bool, error) {
	h := Holder{place: p}
	there, err := s.readJSON(ctx, p.key(recordExt), &h)
	if err != nil || !there {
		return h, false, err
	}
	var b beat
	beating, err := s.readJSON(ctx, p.key(beatExt), &b)
	if err != nil || b.Released {
		return h, false, err
	}
	key := p.key(recordExt)
	if beating {
		key = p.key(beatExt)
	}
	_, at, err := s.bucket.stat(ctx, key)
	if errors.Is(err, fs.ErrNotExist) { // it has just been given back
		return h, false, nil
	}
	if err != nil {
		return h, false, s.fail("read", key, err)
	}
	return h, h.Owner.Alive() && now.Sub(at) <= times.Dead && CheckRunID(h.Run) == nil, nil
}

// take creates the next generation of a place; nil: another run was faster.
func (s *Store) take(ctx context.Context, p place, o LeaseOptions) (*Lease, error) {
	h := Holder{Run: o.Run, Pipeline: o.Pipeline, Owner: self(), Since: time.Now().UTC(), Mark: rand.Text()}
	mine, err := s.createJSON(ctx, p.key(recordExt), h)
	if err != nil || !mine {
		return nil, err
	}
	last, err := s.last(ctx, p)
	if err == nil && last.generation > p.generation { // what was seen of the place was old: it has been had and cleared since
		err = s.fail("remove", p.key(recordExt), s.bucket.remove(ctx, p.key(recordExt)))
		return nil, err
	}
	l := &Lease{store: s, place: p, times: o.Times}
	if err == nil {
		err = l.beat(ctx, false)
	}
	if err != nil {
		return nil, err
	}
	l.clear(ctx)
	return l, nil
}

// cancel asks the holder of a place to end.
func (s *Store) cancel(ctx context.Context, h Holder, by string) error {
	_, err := s.createJSON(ctx, h.place.key(cancelExt), cancelled{by})
	return err
}

type cancelled struct {
	By string `json:"by"`
}

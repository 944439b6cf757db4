package step

import (
	"io"
	"os"
	"sync"
	"time"
)

// output is the pipe that a task writes its log to, and what becomes of it. Where the system gives a handle of the
// process, whoever waits for the process copies the log meanwhile: a short task then costs no change of threads.
// Elsewhere a goroutine copies.
type output struct {
	task *os.File // the end that the task gets
	from int      // ours, a descriptor
	to   io.Writer

	buffers *logBuffers
	ended   bool          // no more is to come
	file    *os.File      // ours, while a goroutine copies
	drained chan struct{} // closed when it has copied all
}

func (r *Runtime) newOutput(to io.Writer) (*output, error) {
	from, task, err := pipe()
	if err != nil {
		return nil, err
	}
	return &output{task: task, from: from, to: to, buffers: &r.logs}, nil
}

// until copies the log until the process ended.
func (o *output) until(c *child) {
	if c.handle >= 0 {
		o.pollUntil(c)
		return
	}
	o.background()
	<-c.exited
}

// drain copies the log until its end, at most so long.
func (o *output) drain(limit time.Duration) {
	switch {
	case o.drained != nil:
		wait(o.drained, limit)
	case !o.ended:
		o.pollFor(limit)
	}
}

// background has a goroutine copy the log.
func (o *output) background() {
	o.file, o.drained = pollable(o.from), make(chan struct{})
	go func() {
		defer close(o.drained)
		buffer := o.buffers.get()
		_, _ = io.CopyBuffer(struct{ io.Writer }{o.to}, struct{ io.Reader }{o.file}, buffer)
		o.buffers.put(buffer)
	}()
}

// close ends the copying.
func (o *output) close() {
	if o.drained == nil {
		closeDescriptor(o.from)
		return
	}
	_ = o.file.Close()
	<-o.drained
}

// logBuffers are what logs are read into.
type logBuffers struct{ pool sync.Pool }

func (b *logBuffers) get() []byte {
	if p, ok := b.pool.Get().(*[32 << 10]byte); ok {
		return p[:]
	}
	return new([32 << 10]byte)[:]
}

func (b *logBuffers) put(p []byte) { b.pool.Put((*[32 << 10]byte)(p)) }

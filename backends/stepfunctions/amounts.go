package stepfunctions

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/ir"
)

const (
	mib = 1 << 20
	gib = 1 << 30
	// The disk of a job on Fargate: what each has, and how large it can be made.
	ownDisk, mostDisk = 20, 200
)

// amounts are what a node asks for: thousandths of processors, bytes and GPUs.
func (b *builder) amounts(n ir.Node, r ir.Resources) onepod.Amounts {
	r.CPU, r.Memory = cmp.Or(r.CPU, b.CPU, "1"), cmp.Or(r.Memory, b.Memory, "2Gi")
	c := n.Base()
	for _, name := range slices.Sorted(maps.Keys(r.Extended)) {
		b.Refuse(codeAmount, c.Span, "%q asks for %s, and extended resources are Kubernetes' alone; leave it out, or render for Argo", c.Name, name)
	}
	return onepod.Read(n, r, func(a ir.Amount) {
		b.Refuse(codeAmount, c.Span, "%q asks for %s %q, which is not an amount; write it like 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu)", c.Name, a.Key, a.Text)
	})
}

// wants are those of a job in an image with these amounts, which Batch has in steps.
func (b *builder) wants(n ir.Node, a onepod.Amounts, image string) wants {
	w := wants{image: image, gpu: int(a["gpu"])}
	cpu, memory := max(a["cpu"], 1), int(up(a["memory"], mib))
	shm, disk := int(up(a["shm"], mib)), int(up(a["disk"], gib))
	if b.Platform == ec2 || w.gpu > 0 {
		w.cpu, w.memory, w.shm = strconv.FormatInt(up(cpu, 1000), 10), max(memory, 4), shm
		if disk > 0 {
			b.Warn(codeAmount, b.spanOf(n), "resources.disk of %s has no effect: the disk is that of the queue's machines", b.nameOf(n))
		}
		return w
	}
	if shm > 0 {
		b.Refuse(codeAmount, b.spanOf(n), "%s asks for shm, and /dev/shm has 64 MiB on Fargate; leave it out, or say platform: ec2", b.nameOf(n))
	}
	if disk > mostDisk {
		b.Refuse(codeAmount, b.spanOf(n), "%s asks for %d GiB of disk, and a job on Fargate has %d at most; ask for less, or say platform: ec2", b.nameOf(n), disk, mostDisk)
	}
	if disk > ownDisk {
		w.disk = disk
	}
	for _, size := range fargate() {
		if int64(size.cpu) >= cpu && size.most >= memory {
			w.cpu = strconv.FormatFloat(float64(size.cpu)/1000, 'f', -1, 64)
			w.memory = max(size.least, size.least+(memory-size.least+size.step-1)/size.step*size.step)
			if size.cpu == 250 && w.memory == 1536 { // there are 512, 1024 and 2048
				w.memory = 2048
			}
			return w
		}
	}
	b.Refuse(codeAmount, b.spanOf(n), "%s asks for %s processors and %d MiB, and a job on Fargate has at most 16 and 122880; ask for less, or say platform: ec2", b.nameOf(n), fmt.Sprint(float64(cpu)/1000), memory)
	return w
}

// up divides and rounds up.
func up(n, by int64) int64 { return n/by + min(n%by, 1) }

// nameOf is a node as messages name it.
func (b *builder) nameOf(n ir.Node) string {
	if n == nil {
		return "the pipeline"
	}
	return strconv.Quote(n.Base().Name)
}

// size is a number of processors on Fargate, with the memory that goes with it.
type size struct {
	cpu               int // thousandths
	least, most, step int // MiB
}

func fargate() []size {
	return []size{
		{250, 512, 2048, 512}, {500, 1024, 4096, 1024}, {1000, 2048, 8192, 1024}, {2000, 4096, 16384, 1024},
		{4000, 8192, 30720, 1024}, {8000, 16384, 61440, 4096}, {16000, 32768, 122880, 8192},
	}
}

// Resources beside cpu, memory and gpu, and memory that grows after a failure of kind oom, change nothing of what a run comes to.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("measure", "export size=small").Returns("size"),
		p.Conditional("fit", "size",
			p.Branch("small",
				p.Shell("train", `echo weights > /dev/shm/runnable-golden-$$ && export model="small $RUNNABLE_STEP_ATTEMPT" && rm /dev/shm/runnable-golden-$$`).
					Texts("model").
					Resources(p.Resources{CPU: "50m", Disk: "64Mi"}).
					Retry(2).RetryOn(p.OnOOM).MemoryFactor(1.5),
			),
			p.Branch("large",
				p.Shell("burn", "export model=large").
					Texts("model").
					Resources(p.Resources{Shm: "32Mi", Extended: map[string]string{"example.com/fpga": "1"}}).
					Target("compose", p.Settings{"devices": []string{"/dev/null"}}).
					Target("slurm", p.Settings{"gres": "fpga:1"}),
			),
		).
			Resources(p.Resources{Memory: "64Mi", Shm: "16Mi"}),
	))
}

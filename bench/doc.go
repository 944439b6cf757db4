// Package bench holds benchmarks of whole runs and of rendering: what they cost as pipelines grow.
//
//	bench/run                             beside make, runnable, Metaflow, Hera and Kubeflow Pipelines (docs/performance.md)
//	go test ./bench -bench . -benchtime 1x
//
// cpu-ms/step is the processor time of a step, user and system, of this process and the tasks' own; bytes/step what it
// leaves on disk; exponent, on the larger of two sizes, the k for which the run's processor time grows as size to the
// power of k between them: 1 is linear growth.
package bench

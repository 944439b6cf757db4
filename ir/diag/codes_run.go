package diag

// runCodes are those of running a pipeline, RR3xxx.
func runCodes() []Code {
	return []Code{
		{
			Code: "RR3001", Title: "resources that a run on this machine does not provide (warning)",
			Explanation: "On a cluster, shm gives a step a /dev/shm of that size, disk room for temporary files, and extended a device. A run on this machine makes and limits none of these: its steps have what the machine has, and one that needs more fails. Run the pipeline on a target that provides them, or accept the warning.",
			Bad:         "resources: {shm: 8Gi}\n",
		},
	}
}

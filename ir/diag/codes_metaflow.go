package diag

// metaflowCodes are those of flows of Metaflow (RR07xx). RR0701 to RR0720 are Metaflow's own rules.
func metaflowCodes() []Code {
	return []Code{
		{Code: "RR0701", Title: "a step with a reserved name", Explanation: "A flow object has attributes called name, next, input, index and cmd. A step of that name would hide one."},
		{Code: "RR0702", Title: "a flow without one start and one end", Explanation: "A flow begins at the step that is called start, or marked with @step(start=True), and ends at the step that is called end, or marked with @step(end=True). There is exactly one of each."},
		{Code: "RR0703", Title: "two steps that could be the start or the end", Explanation: "One step is marked as the start or the end, and another one has the name that would make it so."},
		{Code: "RR0704", Title: "a start step with steps before it", Explanation: "A run begins at the start step, so no self.next() may name it."},
		{Code: "RR0705", Title: "an end step that is not the end", Explanation: "The end step is the last, so it has no self.next(). It is not a join, so its only argument is self."},
		{Code: "RR0706", Title: "an invalid step name", Explanation: "Step names have lower-case ASCII letters, digits and underscores, and do not begin with an underscore."},
		{Code: "RR0707", Title: "wrong arguments of a step", Explanation: "The argument of a step is self; those of a join are self and inputs. A join cannot be a split at the same time.",
			Bad: "    @step\n    def join(self, inputs):\n        self.next(self.a, self.b)\n", Good: "    @step\n    def join(self, inputs):\n        self.next(self.split)\n"},
		{Code: "RR0708", Title: "a step without self.next()", Explanation: "The order of steps is read from the source. So the last statement of each step except the end is self.next(), at the top level of the function.",
			Bad: "        if self.good:\n            self.next(self.a)\n        else:\n            self.next(self.b)\n", Good: "        self.next({True: self.a, False: self.b}, condition=\"good\")\n"},
		{Code: "RR0709", Title: "a self.next() that cannot be read", Explanation: "The steps must be written out in self.next(); they cannot be computed. The forms are self.next(self.a), self.next(self.a, self.b), self.next(self.a, foreach=\"items\") and self.next({\"x\": self.a, \"y\": self.b}, condition=\"name\"). The keys of a switch are constants or values of a configuration."},
		{Code: "RR0710", Title: "a transition to a step that does not exist", Explanation: "self.next() names an attribute that is not a step of the flow."},
		{Code: "RR0711", Title: "a cycle in a flow", Explanation: "The steps of a flow only go forward. The exception is a switch, which may lead back to its own step and so repeats it."},
		{Code: "RR0712", Title: "a step that cannot be reached", Explanation: "No path leads from the start to the step. It would never run."},
		{Code: "RR0713", Title: "splits and joins that do not match", Explanation: "Each split, by several steps in self.next() or by foreach, is closed by one join, a step with the arguments self and inputs. All branches lead to it. A join closes one split; nested splits need one join for each level."},
		{Code: "RR0714", Title: "a switch with one case", Explanation: "A switch needs at least two cases."},
		{Code: "RR0715", Title: "a foreach without a step to repeat", Explanation: "The join follows the foreach immediately. Put the step that should run for each element between them."},
		{Code: "RR0716", Title: "num_parallel without @parallel", Explanation: "Metaflow requires the decorator @parallel on a step that is called with num_parallel."},
		{Code: "RR0718", Title: "@parallel without num_parallel", Explanation: "A step with the decorator @parallel must be called with self.next(self.step, num_parallel=n)."},
		{Code: "RR0720", Title: "a switch that leads straight to a join", Explanation: "A join distinguishes its inputs by the steps that they come from. Put a step between the switch and the join."},
		{Code: "RR0721", Refusal: true, Title: "a gang of tasks", Explanation: "num_parallel starts tasks that run at the same time and know one another's addresses. No target of runnable-render can start such a gang. If the tasks do not communicate, use foreach."},
		{Code: "RR0722", Title: "an unsupported decorator or parameter", Explanation: "An argument of a decorator or of a Parameter is invalid, or asks for something that runnable-render cannot do. The message names the way out."},
		{Code: "RR0723", Title: "a decorator or schedule that is ignored (warning)", Explanation: "The pipeline runs as if the decorator, a part of it, or the schedule were not there. The message says what to use instead."},
		{Code: "RR0724", Title: "an unknown decorator (warning)", Explanation: "Extensions of Metaflow add their own decorators. The step runs without a decorator that is not known here."},
		{Code: "RR0725", Title: "a file that does not define exactly one flow", Explanation: "A Metaflow file defines one class that derives from FlowSpec, and starts it: if __name__ == \"__main__\": MyFlow()."},
		{Code: "RR0726", Title: "an artifact that is read but not written (warning)", Explanation: "The step reads an attribute of self, or of an input, and on one of the paths to the step nothing writes it: the run would fail there with an AttributeError. A join starts without artifacts; it gets them from its inputs, or by merge_artifacts. Reads by hasattr or getattr, and reads within a try, are not checked.",
			Bad: "        self.next({\"train\": self.train, \"skip\": self.end}, condition=\"todo\")\n    @step\n    def train(self):\n        self.model = fit()\n        self.next(self.end)\n    @step\n    def end(self):\n        print(self.model)\n", Good: "    @step\n    def end(self):\n        print(getattr(self, \"model\", None))\n"},
		{Code: "RR0727", Title: "a foreach or switch over an artifact that was not written (warning)", Explanation: "foreach=\"items\" iterates over self.items, and condition=\"kind\" tests self.kind. Neither this step nor an earlier one writes the artifact, so the run would fail here."},
		{Code: "RR0728", Title: "a merge that would fail (warning)", Explanation: "merge_artifacts fails if the inputs of a join have different values of an artifact that the join has not set, or if include names an artifact that no input has. Set the artifact before the call, or exclude it."},
	}
}

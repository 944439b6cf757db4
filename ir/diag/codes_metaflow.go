package diag

// metaflowCodes are those of flows of Metaflow (RR07xx). RR0701 to RR0720 are Metaflow's own rules.
func metaflowCodes() []Code {
	return []Code{
		{Code: "RR0701", Title: "a step with a reserved name", Explanation: "A flow object has attributes called name, next, input, index and cmd. A step of that name would hide one."},
		{Code: "RR0702", Title: "a flow without one start and one end", Explanation: "A flow begins at the step that is called start, or marked with @step(start=True), and ends at the one that is called end, or marked with @step(end=True). There is exactly one of each."},
		{Code: "RR0703", Title: "two steps that could be the start or the end", Explanation: "One step is marked as the start or the end, and another one has the name that would make it so."},
		{Code: "RR0704", Title: "a start step with steps before it", Explanation: "A run begins at the start step, so no self.next() may name it."},
		{Code: "RR0705", Title: "an end step that is not the end", Explanation: "Nothing follows the end step, so it has no self.next(); and it joins nothing, so it takes self alone."},
		{Code: "RR0706", Title: "an invalid name of a step", Explanation: "Names of steps are lower-case letters of ASCII, digits and underscores, and do not begin with an underscore."},
		{Code: "RR0707", Title: "wrong arguments of a step", Explanation: "A step takes self; a join takes self and inputs. A join cannot split at the same time.",
			Bad: "    @step\n    def join(self, inputs):\n        self.next(self.a, self.b)\n", Good: "    @step\n    def join(self, inputs):\n        self.next(self.split)\n"},
		{Code: "RR0708", Title: "a step without self.next()", Explanation: "What follows a step is read from its source. So the last statement of each step but the end is self.next(), at the top level of the function.",
			Bad: "        if self.good:\n            self.next(self.a)\n        else:\n            self.next(self.b)\n", Good: "        self.next({True: self.a, False: self.b}, condition=\"good\")\n"},
		{Code: "RR0709", Title: "a self.next() that cannot be read", Explanation: "The steps are written out in self.next(); they cannot be computed. The forms are self.next(self.a), self.next(self.a, self.b), self.next(self.a, foreach=\"items\") and self.next({\"x\": self.a, \"y\": self.b}, condition=\"name\"). The keys of a switch are constants or values of a configuration."},
		{Code: "RR0710", Title: "a transition to a step that is not there", Explanation: "self.next() names an attribute that is no step of the flow."},
		{Code: "RR0711", Title: "a flow that goes round", Explanation: "The steps of a flow follow one another. Only a switch may lead back, and only to its own step: that repeats it."},
		{Code: "RR0712", Title: "a step that nothing leads to", Explanation: "No way from the start leads to the step. It would never run."},
		{Code: "RR0713", Title: "splits and joins that do not fit", Explanation: "Each split, by several steps in self.next() or by foreach, is closed by one join, a step that takes self and inputs. All branches lead to it. A join closes one split; what is nested takes one join for each level."},
		{Code: "RR0714", Title: "a switch with one case", Explanation: "A switch chooses between two cases at least."},
		{Code: "RR0715", Title: "a foreach with nothing to do", Explanation: "The join follows the foreach at once. A step between the two is what runs for each element."},
		{Code: "RR0716", Title: "num_parallel without @parallel", Explanation: "Metaflow wants the decorator @parallel on a step that is called with num_parallel."},
		{Code: "RR0718", Title: "@parallel without num_parallel", Explanation: "A step with the decorator @parallel is called with self.next(self.step, num_parallel=n)."},
		{Code: "RR0720", Title: "a switch that leads straight to a join", Explanation: "A join tells its inputs by the steps that they come from. Put a step between the switch and the join."},
		{Code: "RR0721", Refusal: true, Title: "a gang of tasks", Explanation: "num_parallel starts tasks that know one another's addresses and run at the same time. No target of runnable-render starts such a gang. Tasks that do not talk to each other are a foreach."},
		{Code: "RR0722", Title: "a decorator or parameter that cannot be taken", Explanation: "The arguments of a decorator or of a Parameter say something that has no meaning, or that runnable-render cannot do. The message names the way out."},
		{Code: "RR0723", Title: "a decorator or schedule that is left out (warning)", Explanation: "The pipeline runs as if the decorator, a part of it, or the schedule were not there. The message says what does its work here."},
		{Code: "RR0724", Title: "an unknown decorator (warning)", Explanation: "Metaflow has extensions that bring decorators of their own. The step runs without one that is not known here."},
		{Code: "RR0725", Title: "a file without one flow", Explanation: "A file of Metaflow's defines a class that derives from FlowSpec, and starts it: if __name__ == \"__main__\": MyFlow()."},
		{Code: "RR0726", Title: "an artifact that is read and was not written (warning)", Explanation: "The step reads an attribute of self, or of an input, that no step writes on one of the ways to it: the run would fail there with an AttributeError. A join begins without artifacts; it takes them from its inputs, or by merge_artifacts. What a step asks for with hasattr or getattr, or reads within a try, is left alone.",
			Bad: "        self.next({\"train\": self.train, \"skip\": self.end}, condition=\"todo\")\n    @step\n    def train(self):\n        self.model = fit()\n        self.next(self.end)\n    @step\n    def end(self):\n        print(self.model)\n", Good: "    @step\n    def end(self):\n        print(getattr(self, \"model\", None))\n"},
		{Code: "RR0727", Title: "a foreach or switch over an artifact that was not written (warning)", Explanation: "foreach=\"items\" goes over self.items, and condition=\"kind\" by self.kind. Neither this step nor one before it writes the artifact, so the run would fail here."},
		{Code: "RR0728", Title: "a merge that cannot be done (warning)", Explanation: "merge_artifacts fails where the inputs of a join have different values of an artifact that the join has not set, and where it is to include one that no input has. Set the artifact before the call, or exclude it."},
	}
}

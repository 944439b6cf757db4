"""Values by annotation are right or refused; a number that is taken as text is text as it was written, on every way."""

import steps
from runnable import Map, Pipeline, PythonTask, ShellTask, Stub, metric, text


def main():
    make = PythonTask(name="make", function=steps.make, returns=["tags", "span", metric("loss"), "price"])
    before_end = [
        PythonTask(name="written", function=steps.written, returns=["written"]),
        ShellTask(
            name="in shell",
            command='export told="$version $sha $flag $ratio $(cat "$RUNNABLE_PARAMS/version")"',
            returns=[text("told")],
        ),
        PythonTask(name="records", function=steps.records, returns=["kinds", "row", "seconds"]),
        Map(
            name="each",
            iterate_on="versions",
            iterate_as="one",
            branch=[
                PythonTask(name="item", function=steps.item, returns=["item"]),
                ShellTask(name="item in shell", command='export bare="$one"', returns=[text("bare")]),
                Stub(name="end", needs=["item", "item in shell"]),
            ],
        ),
        make,
        PythonTask(name="take", function=steps.take, returns=["taken"], needs=["make"]),
        PythonTask(name="no int", function=steps.no_int, on_failure="success"),
        PythonTask(name="no union", function=steps.no_union, on_failure="success"),
        PythonTask(name="no item", function=steps.no_item, on_failure="success"),
        PythonTask(name="no field", function=steps.no_field, on_failure="success"),
        PythonTask(name="no keys", function=steps.no_keys, returns=["nothing"], on_failure="success"),
    ]
    pipeline = Pipeline(steps=[*before_end, Stub(name="end", needs=[s for s in before_end if s is not make])])
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

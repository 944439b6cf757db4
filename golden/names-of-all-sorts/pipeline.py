"""Names hold anything but a dot and a percent sign, and those that differ stay different."""

from runnable import Parallel, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="a b", command="export n1=1", returns=["n1"]),
            ShellTask(name="a-b", command="export n2=2", returns=["n2"]),
            ShellTask(name="A-b", command="export n3=3", returns=["n3"]),
            ShellTask(name="ünï/cödé ✓", command="export n4=4", returns=["n4"]),
            ShellTask(name='it\'s "quoted" {{x}} $HOME', command="export n5=5", returns=["n5"]),
            ShellTask(name="not", command="export n6=6", returns=["n6"]),
            ShellTask(name="true", command="export n7=7", returns=["n7"]),
            ShellTask(name="--help", command="export n8=8", returns=["n8"]),
            ShellTask(name="/etc/passwd", command="export n11=11", returns=["n11"]),
            ShellTask(name="<script>alert(1)</script>", command="export n12=12", returns=["n12"]),
            ShellTask(name="; rm -rf ~ `id` $(id) | x", command="export n13=13", returns=["n13"]),
            ShellTask(name="{{=1}} {{inputs}} ${X:-y} #", command="export n14=14", returns=["n14"]),
            Parallel(
                name="p",
                branches={
                    "0": ShellTask(name="*", command="export n9=9", returns=["n9"]),
                    "*": ShellTask(name="0", command="export n10=10", returns=["n10"]),
                },
            ),
            ShellTask(
                name="y",
                command="export sum=$((n1 + n2 + n3 + n4 + n5 + n6 + n7 + n8 + n9 + n10 + n11 + n12 + n13 + n14))",
                returns=["sum"],
                needs=[
                    "a b",
                    "a-b",
                    "A-b",
                    "ünï/cödé ✓",
                    'it\'s "quoted" {{x}} $HOME',
                    "not",
                    "true",
                    "--help",
                    "p",
                    "/etc/passwd",
                    "<script>alert(1)</script>",
                    "; rm -rf ~ `id` $(id) | x",
                    "{{=1}} {{inputs}} ${X:-y} #",
                ],
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

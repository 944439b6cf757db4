"""File names are data too."""

from runnable import Catalog, Pipeline, ShellTask, text


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="write",
                command="""mkdir -p "a b/ü" ".hidden"
echo 1 > "a b/ü/it's.txt"
echo 2 > "a b/{{x}} \\$HOME.txt"
echo 3 > ".hidden/x.txt"
: > empty
""",
                catalog=Catalog(put=["a b", ".hidden", "empty"]),
            ),
            ShellTask(
                name="read",
                command='export all="$(cat "a b/ü/it\'s.txt" "a b/{{x}} \\$HOME.txt" .hidden/x.txt empty | tr -d \'\\n\')"',
                returns=[text("all")],
                catalog=Catalog(get=["**"]),
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

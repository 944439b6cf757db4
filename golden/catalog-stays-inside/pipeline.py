"""A link out of the working folder is refused."""

from runnable import Catalog, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="link",
                command="ln -sf /etc/hostname leak.txt",
                catalog=Catalog(put=["leak.txt"]),
                on_failure="success",
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

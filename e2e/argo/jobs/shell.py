"""A script as a job of Runnable's, which keeps a file."""

from runnable import Catalog, ShellJob


def main():
    job = ShellJob(command="echo $n > n.txt; export doubled=$((2 * n))", returns=["doubled"], catalog=Catalog(put=["n.txt"]))
    job.execute()
    return job


if __name__ == "__main__":
    main()

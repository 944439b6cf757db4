"""The commands of a flow that look at its runs: dump, logs, card and tag."""
import json
import sys

from .client import Flow, Run, Step, Task


def add(command):
    dump = command("dump", _dump, "Print the artifacts of a task, or of all tasks of a step.")
    dump.add_argument("path", metavar="RUN/STEP[/TASK]")
    dump.add_argument("--include", default="", help="names of artifacts with commas between them (default: all)")
    dump.add_argument("--max-value-size", type=int, default=1000, help="characters of a value above which its size is printed instead (default: 1000)")
    logs = command("logs", _logs, "Print what a task wrote, or what all tasks of a step wrote: logs show RUN/STEP[/TASK].")
    logs.add_argument("words", nargs="+", metavar="[show] RUN/STEP[/TASK]")
    card = command("card", _card, "List the cards of a task, or print them as JSON: card list|get RUN/STEP[/TASK].")
    card.add_argument("action", choices=["list", "get"])
    card.add_argument("path", metavar="RUN/STEP[/TASK]")
    card.add_argument("--id", help="the card with this id alone")
    tag = command("tag", _tag, "Look at the tags of a run, or change them: tag list|add|remove|replace [TAG…].")
    tag.add_argument("action", choices=["list", "add", "remove", "replace"])
    tag.add_argument("tags", nargs="*", metavar="TAG")
    tag.add_argument("--run-id", help="the run (default: the latest)")


def _tasks(cls, path):
    parts = path.split("/")
    if len(parts) not in (2, 3) or not all(parts):
        sys.exit(f"{path!r} names no step or task; write RUN/STEP or RUN/STEP/TASK")
    full = f"{cls.__name__}/{path}"
    return [Task(full)] if len(parts) == 3 else list(Step(full))


def _dump(cls, _, given):
    wanted = set(filter(None, given.include.split(",")))
    for task in _tasks(cls, given.path):
        print(task.pathspec)
        for artifact in task:
            if not wanted or artifact.id in wanted:
                text = repr(artifact.data)
                print(f"  {artifact.id} = {text if len(text) <= given.max_value_size else f'({artifact.size} bytes)'}")


def _logs(cls, _, given):
    if given.words[:-1] not in ([], ["show"]):
        sys.exit(f'unknown command "logs {given.words[0]}"; use logs show RUN/STEP[/TASK]')
    for task in _tasks(cls, given.words[-1]):
        sys.stdout.write(task.stdout)


def _card(cls, _, given):
    from .cards import get_cards

    cards = [card for task in _tasks(cls, given.path) for card in get_cards(task, id=given.id)]
    if given.action == "list":
        print(*cards, sep="\n")
    else:
        json.dump([c.data for c in cards], sys.stdout, indent=2)


def _tag(cls, _, given):
    run = Run(f"{cls.__name__}/{given.run_id}") if given.run_id else Flow(cls.__name__).latest_run
    if given.action == "list":
        print(*sorted(run.user_tags), sep="\n")
        return
    if not given.tags or given.action == "replace" and len(given.tags) != 2:
        sys.exit(f"tag {given.action} takes {'the old tag and the new one' if given.action == 'replace' else 'tags'}")
    old = given.tags if given.action == "remove" else given.tags[:1] if given.action == "replace" else []
    run.replace_tags(old, given.tags[len(old) :])
